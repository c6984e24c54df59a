/** Layers as the networks have them: of each kind of window one or two, at pruning ratios that the layer takes. */
const WINDOWS = [
  { kind: '3x3, 64 channels, 56x56', network: 'resnet18', layer: 'layer1.0.conv1' },
  { kind: '3x3, 128 channels, 28x28', network: 'resnet18', layer: 'layer2.0.conv2' },
  { kind: '3x3, stride 2, 64 to 128 channels, 56x56', network: 'resnet18', layer: 'layer2.0.conv1' },
  { kind: '3x3, 128 to 32 channels, 56x56', network: 'densenet121', layer: 'features.denseblock1.denselayer1.conv2' },
];

export const OFFSET_LAYERS = [
  // Its three channels are never pruned.
  { kind: '7x7, stride 2, 3 to 64 channels, 224x224', network: 'resnet18', layer: 'conv1', ratio: null },
  ...WINDOWS.flatMap((one) => [null, '0.5', '0.75'].map((ratio) => ({ ...one, ratio }))),
];
