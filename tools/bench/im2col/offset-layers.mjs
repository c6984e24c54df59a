/** Layers as the networks have them: of each kind of window one or two, at pruning ratios that the layer takes. */
const WINDOWS = [
  { kind: '3x3, 64 channels, 56x56', network: 'resnet18', layer: 'layer1.0.conv1' },
  { kind: '3x3, 128 channels, 28x28', network: 'resnet18', layer: 'layer2.0.conv2' },
  { kind: '3x3, stride 2, 64 to 128 channels, 56x56', network: 'resnet18', layer: 'layer2.0.conv1' },
  { kind: '3x3, 16 to 64 channels, 55x55', network: 'squeezenet1_1', layer: 'features.3.expand3x3' },
  { kind: '3x3, 32 to 128 channels, 27x27', network: 'squeezenet1_1', layer: 'features.6.expand3x3' },
  { kind: '3x3, 128 to 32 channels, 56x56', network: 'densenet121', layer: 'features.denseblock1.denselayer1.conv2' },
];

/** Layers of few channels, as networks for small pictures have them: between two like them. */
const NARROW = [
  [16, 32],
  [32, 28],
  [64, 28],
  [32, 56],
].map(([channels, size]) => ({
  ...{
    kind: `3x3, ${channels} channels, ${size}x${size}`,
    network: `${channels} channels at ${size}x${size}`,
    layer: 'conv1',
  },
  narrow: { channels, size, layers: 3 },
}));

export const OFFSET_LAYERS = [
  // Its three channels are never pruned.
  { kind: '7x7, stride 2, 3 to 64 channels, 224x224', network: 'resnet18', layer: 'conv1', ratio: null },
  ...[...WINDOWS, ...NARROW].flatMap((one) => [null, '0.5', '0.75'].map((ratio) => ({ ...one, ratio }))),
];
