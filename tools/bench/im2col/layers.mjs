/** 3x3 layers of ResNet-50 as the network has them: channels, lines of the picture, stride. */
export const LAYERS = [
  { layer: 'layer1.0.conv2', channels: 64, size: 56, stride: 1 },
  { layer: 'layer2.0.conv2', channels: 128, size: 56, stride: 2 },
  { layer: 'layer2.1.conv2', channels: 128, size: 28, stride: 1 },
  { layer: 'layer3.1.conv2', channels: 256, size: 14, stride: 1 },
  { layer: 'layer4.1.conv2', channels: 512, size: 7, stride: 1 },
];
