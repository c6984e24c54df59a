const NAMES = {
  resnet18: 'ResNet-18',
  resnet50: 'ResNet-50',
  mobilenet_v2: 'MobileNet-V2',
  densenet121: 'DenseNet-121',
  squeezenet1_1: 'SqueezeNet 1.1',
};

/** A network of the zoo as papers write it. */
export const nameOf = (network) => NAMES[network] ?? network;
