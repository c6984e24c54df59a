import {
  cast,
  concat,
  expand,
  gather,
  pad,
  slice,
  tensorF32,
  transpose,
  type DType,
  type Graph,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { choices } from '../../../../tools/testing/cases/choices.js';
import { randomInputs } from '../../../../tools/testing/tensors.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';

const NUMBERS = ['f32', 'f64', 'i8', 'u8', 'u16', 'i32', 'i64', 'bool'] as const satisfies readonly DType[];

checkCases('comparisons and choices', choices, { tolerance: 0 });

const casts = new CaseGraph('casts');
for (const from of NUMBERS) {
  for (const to of NUMBERS) {
    if (from === to) continue;
    const name = `${from} to ${to}`;
    casts.case(name, casts.builder.apply(cast, [casts.input([67], from)], { to }, { name }));
  }
}
checkCases('casts', casts, { tolerance: 0, inputs: extremes });

/** Fractions, and what the other types cannot hold. */
function extremes(graph: Graph): ReadonlyMap<string, Tensor> {
  return new Map(
    [...randomInputs(graph)].map(([name, tensor]) => {
      const { data } = tensor;
      const odd = [NaN, Infinity, -Infinity, 300, -300, 70000, 3e9, -3e9, 1e19, -1e19, 0.5, -0.9, -0, 2 ** 31, 2 ** 63];
      if (data instanceof Float32Array || data instanceof Float64Array) data.set(odd);
      else if (data instanceof BigInt64Array)
        data.set([2n ** 62n + 1n, -(2n ** 63n), 300n, -129n, 2n ** 32n, 2n ** 24n + 1n]);
      else if (data instanceof Int32Array) data.set([2 ** 31 - 1, -(2 ** 31), 300, -129, 65536, 2 ** 24 + 1]);
      else if (tensor.dtype !== 'bool') data.set([127, 128, 255]);
      return [name, tensor];
    }),
  );
}

const moves = new CaseGraph('moves of all types');
for (const dtype of [...NUMBERS, 'f16'] as const) {
  const { builder } = moves;
  const add = (what: string, make: (name: string) => ValueId): void =>
    moves.case(`${what} ${dtype}`, make(`${what} ${dtype}`));
  add('transpose', (name) => builder.apply(transpose, [moves.input([3, 5, 7], dtype)], { perm: [2, 0, 1] }, { name }));
  add('concat', (name) =>
    builder.apply(concat, [moves.input([3, 2], dtype), moves.input([3, 4], dtype)], { axis: 1 }, { name }),
  );
  add('expand', (name) => builder.apply(expand, [moves.input([3, 1], dtype)], { shape: [2, 3, 20] }, { name }));
  add('slice', (name) =>
    builder.apply(slice, [moves.input([40], dtype)], { starts: [39], steps: [-2], sizes: [20] }, { name }),
  );
  const value = dtype === 'f16' ? 0 : 1;
  add('pad', (name) =>
    builder.apply(
      pad,
      [moves.input([3, 20], dtype)],
      { mode: 'constant', before: [1, 2], after: [0, 30], value },
      { name },
    ),
  );
  const picks = builder.constant(`picks ${dtype}`, { dtype: 'i64', shape: [3], data: BigInt64Array.of(2n, 0n, -1n) });
  for (const axis of [0, 1]) {
    add(`gather along ${axis}`, (name) =>
      builder.apply(gather, [moves.input([4, 40], dtype), picks], { axis }, { name }),
    );
  }
}
const { builder } = moves;
moves.case(
  'transpose of six axes',
  builder.apply(transpose, [moves.input([2, 3, 2, 3, 2, 3])], { perm: [5, 3, 1, 4, 2, 0] }, { name: 'six' }),
);
moves.case(
  'reflection along eight axes',
  builder.apply(
    pad,
    [moves.input([2, 2, 2, 2, 2, 2, 2, 3])],
    { mode: 'reflect', before: [1, 0, 1, 0, 1, 0, 1, 1], after: [0, 1, 0, 1, 0, 1, 0, 2], value: 0 },
    { name: 'eight' },
  ),
);
moves.case(
  'an edge that is a NaN',
  builder.apply(
    pad,
    [builder.constant('nan', tensorF32([1], [NaN]))],
    { mode: 'edge', before: [2], after: [40], value: 0 },
    { name: 'edge' },
  ),
);
checkCases('moves of all element types', moves, { tolerance: 0 });
