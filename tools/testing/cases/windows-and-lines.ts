import { pool2d, reduce, REDUCTIONS, softmax, transpose, type Pool2dAttrs, type ReduceAttrs } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

/** Max and average pooling. */
export const pools = new CaseGraph('pools');
const PLAIN = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], ceil: false, countIncludePad: false } as const;
type PoolCase = Partial<Pool2dAttrs> & { readonly x: readonly number[]; readonly kernel: readonly [number, number] };
const POOLS: Readonly<Record<string, PoolCase>> = {
  '2x2': { x: [1, 3, 8, 10], kernel: [2, 2], strides: [2, 2] },
  '3x3 stride 2 padded': { x: [2, 5, 13, 11], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  '3x3 ceil': { x: [1, 4, 8, 10], kernel: [3, 3], strides: [2, 2], ceil: true },
  'ceil over the padding': { x: [1, 2, 7, 7], kernel: [3, 3], strides: [3, 3], pads: [1, 1, 1, 1], ceil: true },
  uneven: { x: [1, 2, 9, 7], kernel: [1, 4], strides: [2, 1], pads: [0, 1, 0, 2] },
  dilated: { x: [1, 2, 11, 12], kernel: [3, 2], dilations: [2, 3] },
  'whole picture': { x: [2, 3, 5, 6], kernel: [5, 6] },
  'padding counted': { x: [1, 3, 6, 7], kernel: [3, 3], pads: [1, 1, 1, 1], countIncludePad: true },
  'windows apart': { x: [1, 3, 19, 17], kernel: [1, 1], strides: [2, 2] },
  'windows far apart': { x: [1, 3, 19, 20], kernel: [1, 2], strides: [3, 4] },
  'wide rows': { x: [1, 2, 4, 270], kernel: [2, 2], strides: [2, 2] },
};
for (const mode of ['max', 'average'] as const) {
  for (const [name, { x, ...attrs }] of Object.entries(POOLS)) {
    // A dilated average is no operator of ONNX before version 19; the kernel takes it all the same.
    pools.case(
      `${mode} ${name}`,
      pools.builder.apply(pool2d, [pools.input(x)], { ...PLAIN, ...attrs, mode }, { name: `${mode} ${name}` }),
    );
  }
}

/** Reductions and softmax. */
export const lines = new CaseGraph('lines');
for (const [shape, axes] of [
  [
    [1, 7, 5, 6],
    [2, 3],
  ],
  [
    [2, 7, 5, 6],
    [2, 3],
  ],
  [[3, 40], [1]],
  [[3, 40], [0]],
  [[4, 5, 9], [1]],
  [
    [4, 5, 9],
    [0, 2],
  ],
  [
    [4, 5, 9],
    [0, 1, 2],
  ],
  [[1, 1, 300], [2]],
  [[5], [0]],
  [[2, 3, 4, 5], [1]],
  [
    [2, 3, 2, 3, 2, 3],
    [0, 2, 4],
  ],
] as const) {
  for (const mode of Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[]) {
    for (const keepDims of [true, false]) {
      const name = `${mode} [${shape.join()}] over ${axes.join()}${keepDims ? ' kept' : ''}`;
      const attrs: ReduceAttrs = { mode, axes, keepDims };
      lines.case(name, lines.builder.apply(reduce, [lines.input(shape)], attrs, { name }));
    }
  }
}
for (const perm of [
  [1, 0],
  [0, 1],
] as const) {
  const turned = lines.builder.apply(transpose, [lines.input([9, 40])], { perm }, { name: 'turned' });
  for (const axes of [[0], [1], [0, 1]]) {
    const name = `sum of magnitudes of a turned matrix ${perm.join()} over ${axes.join()}`;
    lines.case(name, lines.builder.apply(reduce, [turned], { mode: 'sumAbs', axes, keepDims: false }, { name }));
  }
}
const cube = lines.builder.apply(transpose, [lines.input([3, 9, 40])], { perm: [2, 1, 0] }, { name: 'cube' });
for (const axes of [[0], [1], [2], [0, 1], [0, 2]]) {
  const name = `max of a turned cube over ${axes.join()}`;
  lines.case(name, lines.builder.apply(reduce, [cube], { mode: 'max', axes, keepDims: false }, { name }));
}
for (const mode of ['sum', 'mean', 'max', 'min', 'prod', 'sumAbs'] as const) {
  const name = `${mode} of nothing`;
  const x = lines.input([3, 0, 4]);
  lines.case(name, lines.builder.apply(reduce, [x], { mode, axes: [1], keepDims: false }, { name }));
}
for (const [shape, axis] of [
  [[1, 10], 1],
  [[3, 1000], 1],
  [[4, 5, 6], 1],
  [[4, 5, 6], 0],
  [[2, 3, 4, 70], 3],
  [[7, 1], 1],
] as const) {
  for (const log of [false, true]) {
    const name = `${log ? 'log ' : ''}softmax [${shape.join()}] along ${axis}`;
    lines.case(name, lines.builder.apply(softmax, [lines.input(shape)], { axis, log }, { name }));
  }
}
