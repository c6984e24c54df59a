import { reduce, REDUCTIONS, softmax, transpose, type ReduceAttrs } from '@ait-rvv/ir';
import { norms } from '../../../../tools/testing/cases/norms.js';
import { pools, lines } from '../../../../tools/testing/cases/windows-and-lines.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';

checkCases('pooling', pools);
checkCases('reductions and softmax', lines, { tolerance: 4e-6 });

const further = new CaseGraph('further');
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
    for (const keepDims of axes.length === 1 ? [true, false] : [true]) {
      const name = `${mode} [${shape.join()}] over ${axes.join()}${keepDims ? ' kept' : ''}`;
      const attrs: ReduceAttrs = { mode, axes, keepDims };
      further.case(name, further.builder.apply(reduce, [further.input(shape)], attrs, { name }));
    }
  }
}
for (const dtype of ['i8', 'u8', 'i32', 'i64', 'bool'] as const) {
  for (const mode of Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[]) {
    if (dtype === 'bool' && mode !== 'max' && mode !== 'min') continue;
    for (const axes of [[1], [2], [0, 2]]) {
      const name = `${mode} ${dtype} over ${axes.join()}`;
      const x = further.input([3, 4, 21], dtype);
      further.case(name, further.builder.apply(reduce, [x], { mode, axes, keepDims: false }, { name }));
    }
  }
}
for (const perm of [
  [1, 0],
  [0, 1],
] as const) {
  const turned = further.builder.apply(transpose, [further.input([9, 40])], { perm }, { name: 'turned' });
  for (const axes of [[0], [1], [0, 1]]) {
    const name = `sum of a turned matrix ${perm.join()} over ${axes.join()}`;
    further.case(name, further.builder.apply(reduce, [turned], { mode: 'sum', axes, keepDims: false }, { name }));
  }
}
const cube = further.builder.apply(transpose, [further.input([3, 9, 40])], { perm: [2, 1, 0] }, { name: 'cube' });
for (const axes of [[0], [1], [2], [0, 1], [0, 2]]) {
  const name = `max of a turned cube over ${axes.join()}`;
  further.case(name, further.builder.apply(reduce, [cube], { mode: 'max', axes, keepDims: false }, { name }));
}
for (const mode of ['sum', 'mean', 'max', 'min', 'prod', 'sumAbs'] as const) {
  const name = `${mode} of nothing`;
  const x = further.input([3, 0, 4]);
  further.case(name, further.builder.apply(reduce, [x], { mode, axes: [1], keepDims: false }, { name }));
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
    further.case(name, further.builder.apply(softmax, [further.input(shape)], { axis, log }, { name }));
  }
}
checkCases('further reductions and softmax', further, { tolerance: 4e-6 });

checkCases('normalisation', norms, { tolerance: 1e-5 });
