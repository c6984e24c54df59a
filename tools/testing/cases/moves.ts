import { concat, conv2d, expand, gather, pad, slice, split, transpose, type PadAttrs, type ValueId } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

/** What only moves elements: their values stay exactly as they are. */
export const moves = new CaseGraph('moves');

/** Tensors that only move keep their values exactly. */
function add(name: string, value: ValueId): void {
  moves.case(name, value);
}

for (const [shape, perm] of [
  [
    [5, 7],
    [1, 0],
  ],
  [
    [2, 3, 4],
    [2, 0, 1],
  ],
  [
    [2, 3, 4, 5],
    [0, 2, 3, 1],
  ],
  [
    [2, 3, 4, 5],
    [0, 3, 1, 2],
  ],
  [
    [2, 3, 4, 5],
    [3, 2, 1, 0],
  ],
  [
    [1, 16, 9, 9],
    [0, 2, 3, 1],
  ],
  [
    [2, 1, 3, 2, 4],
    [4, 0, 3, 1, 2],
  ],
  [
    [3, 70],
    [1, 0],
  ],
] as const) {
  const name = `transpose [${shape.join()}] by ${perm.join()}`;
  add(name, moves.builder.apply(transpose, [moves.input(shape)], { perm }, { name }));
}

const PADS: Readonly<Record<string, readonly [readonly number[], readonly number[], readonly number[]]>> = {
  picture: [
    [1, 3, 5, 6],
    [0, 0, 1, 2],
    [0, 0, 2, 0],
  ],
  channels: [
    [2, 3, 4, 5],
    [0, 1, 0, 0],
    [1, 2, 0, 0],
  ],
  crop: [
    [4, 9],
    [-1, 2],
    [-1, -3],
  ],
  line: [[7], [3], [4]],
};
for (const [name, [shape, before, after]] of Object.entries(PADS)) {
  for (const mode of ['constant', 'edge', 'reflect'] as const) {
    const attrs: PadAttrs = { mode, before, after, value: mode === 'constant' ? 0.5 : 0 };
    add(`pad ${mode} ${name}`, moves.builder.apply(pad, [moves.input(shape)], attrs, { name: `pad ${mode} ${name}` }));
  }
}

for (const [name, shape, starts, steps, sizes] of [
  ['box', [4, 6, 8], [1, 2, 3], [1, 1, 1], [2, 3, 4]],
  ['strided', [5, 9], [0, 1], [2, 3], [3, 3]],
  ['reversed', [5, 9], [4, 8], [-1, -2], [5, 5]],
  ['leading rows', [6, 7], [2, 0], [1, 1], [3, 7]],
] as const) {
  add(
    `slice ${name}`,
    moves.builder.apply(slice, [moves.input(shape)], { starts, steps, sizes }, { name: `slice ${name}` }),
  );
}

for (const [name, shapes, axis] of [
  [
    'rows',
    [
      [2, 5],
      [3, 5],
    ],
    0,
  ],
  [
    'columns',
    [
      [4, 3],
      [4, 5],
      [4, 1],
    ],
    1,
  ],
  [
    'middle',
    [
      [2, 3, 4],
      [2, 1, 4],
    ],
    1,
  ],
  [
    'channels of a batch',
    [
      [2, 3, 4, 4],
      [2, 5, 4, 4],
    ],
    1,
  ],
] as const) {
  add(
    `concat ${name}`,
    moves.builder.apply(
      concat,
      shapes.map((shape) => moves.input(shape)),
      { axis },
      { name: `concat ${name}` },
    ),
  );
}
const twice = moves.input([3, 4]);
add('concat of one value with itself', moves.builder.apply(concat, [twice, twice], { axis: 1 }, { name: 'twice' }));

for (const axis of [0, 1, 2]) {
  const sizes = [1, 2, 3];
  const parts = moves.builder.add(split, [moves.input([6, 6, 6])], { axis, sizes }, { name: `split ${axis}` });
  parts.forEach((part, index) => add(`split along ${axis}, part ${index}`, part));
}

const picks = moves.builder.constant('picks', { dtype: 'i64', shape: [2, 2], data: BigInt64Array.of(3n, 0n, -1n, 1n) });
for (const axis of [0, 1, 2]) {
  add(
    `gather along ${axis}`,
    moves.builder.apply(gather, [moves.input([5, 6, 7]), picks], { axis }, { name: `gather ${axis}` }),
  );
}
add('expand', moves.builder.apply(expand, [moves.input([3, 1, 5])], { shape: [2, 3, 4, 5] }, { name: 'expand' }));

// Pictures on both sides of the move: the layouts of convolutions meet it.
const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;
const conv = (name: string, x: ValueId, channels: readonly [number, number]): ValueId =>
  moves.builder.apply(conv2d, [x, moves.constant([channels[0], channels[1], 1, 1])], attrs, { name });
const left = conv('left', moves.input([2, 3, 5, 5]), [4, 3]);
const right = conv('right', moves.input([2, 3, 5, 5]), [6, 3]);
const joined = moves.builder.apply(concat, [left, right], { axis: 1 }, { name: 'joined' });
const [first = -1, second = -1] = moves.builder.add(split, [joined], { axis: 1, sizes: [3, 7] }, { name: 'cut' });
add('convolutions, concat, split, convolution', conv('behind', second, [5, 7]));
add('the other part', first);
