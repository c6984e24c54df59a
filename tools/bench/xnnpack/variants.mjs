/**
 * What is compared, in the order of the table: a title, and the arguments of `ait-rvv compile` that make it. One line
 * more is one column more. `reference` names the variant whose output it must agree with.
 */
export const VARIANTS = [
  { id: 'dense', title: 'ours, dense', compile: [] },
  { id: 'xnnpack', title: 'XNNPACK', compile: ['--target', 'xnnpack'], perLayer: ['--per-layer'], reference: 'dense' },
];

/** As torchvision defines them, seeded weights. */
export const NETWORKS = ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'];

export const SIZE = 224;
