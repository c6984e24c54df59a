import { conv2d, normalize, transpose } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

/** Normalisation by mean and variance over axes of tensors of any order. */
export const norms = new CaseGraph('norms');
const SCALED = [{ kind: 'mul', operand: 1 }, { kind: 'add', operand: 2 }, { kind: 'relu' }] as const;
for (const [shape, axes, operand] of [
  [[3, 40], [1], [40]],
  [[2, 5, 70], [2], [70]],
  [
    [2, 5, 7, 9],
    [2, 3],
    [5, 1, 1],
  ],
  [
    [2, 5, 7, 9],
    [1, 2, 3],
    [5, 7, 9],
  ],
  [[2, 5, 33], [1], [33]],
  [
    [4, 6, 2, 3],
    [0, 2],
    [6, 1, 3],
  ],
  [[2, 3, 2, 3, 2, 3], [1, 3, 5], [3]],
] as const) {
  const name = `normalize [${shape.join()}] over ${axes.join()}`;
  const operands = [norms.constant(operand, 0.5, 2), norms.input(operand)];
  const attrs = { axes, epsilon: 1e-3, epilogue: SCALED };
  norms.case(name, norms.builder.apply(normalize, [norms.input(shape), ...operands], attrs, { name }));
}
const rows = norms.builder.apply(transpose, [norms.input([40, 9])], { perm: [1, 0] }, { name: 'rows' });
for (const axis of [0, 1]) {
  const name = `normalize a turned matrix over ${axis}`;
  const attrs = { axes: [axis], epsilon: 1e-5, epilogue: SCALED };
  const operands = [norms.constant([40]), norms.constant([9, 1])];
  norms.case(name, norms.builder.apply(normalize, [rows, ...operands], attrs, { name }));
}
const stack = norms.builder.apply(transpose, [norms.input([3, 9, 40])], { perm: [2, 1, 0] }, { name: 'stack' });
norms.case(
  'normalize where no axis is contiguous',
  norms.builder.apply(normalize, [stack], { axes: [1], epsilon: 1e-5, epilogue: [] }, { name: 'middle' }),
);
const picture = norms.builder.apply(
  conv2d,
  [norms.input([2, 3, 6, 6]), norms.constant([8, 3, 1, 1])],
  { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] },
  { name: 'picture' },
);
const instance = norms.builder.apply(
  normalize,
  [picture, norms.constant([8, 1, 1]), norms.constant([8, 1, 1])],
  { axes: [2, 3], epsilon: 1e-5, epilogue: SCALED },
  { name: 'instance' },
);
norms.case('normalize channel-major pictures', instance);
