/** Where it runs unless the command line says so: instructions and modelled cycles come from the same run there. */
export const DEVICE = 'sim:spacemit-x60';

/**
 * What is compared, in the order of the table: a title, and the arguments of `ait-rvv compile` that make it. One line
 * more is one column more. `reference` names the variant whose output it must agree with. What is `tunable` is measured
 * once more with kernels chosen by measurements, with --tuned.
 */
export const VARIANTS = [
  { id: 'dense', title: 'ours, dense', compile: [], tunable: true },
  { id: 'winograd', title: 'ours, dense, --winograd', compile: ['--winograd'] },
  { id: 'pruned-50', title: 'ours, pruned 0.5', compile: ['--prune', '0.5'], tunable: true },
  { id: 'pruned-75', title: 'ours, pruned 0.75', compile: ['--prune', '0.75'], tunable: true },
  { id: 'xnnpack', title: 'XNNPACK', compile: ['--target', 'xnnpack'], perLayer: ['--per-layer'], reference: 'dense' },
];

/** As torchvision defines them, seeded weights. */
export const NETWORKS = ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'];

export const SIZE = 224;
