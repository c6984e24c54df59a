import { gather, pad, scatter, type DType, type PadAttrs, type ScatterAttrs } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

const NUMBERS = ['f32', 'f64', 'i8', 'u8', 'u16', 'i32', 'i64'] as const satisfies readonly DType[];

/** Picks and writes by computed indices, and paddings. */
export const picks = new CaseGraph('picks');
for (const dtype of [...NUMBERS, 'bool', 'f16'] as const) {
  for (const index of ['i64', 'i32'] as const) {
    // Random indices lie in −9…9: of nine elements the first and the last are named from both ends.
    const name = `gather ${dtype} by ${index}`;
    picks.case(
      name,
      picks.builder.apply(gather, [picks.input([10, 40], dtype), picks.input([3, 5], index)], { axis: 0 }, { name }),
    );
    const lanes = `${name}, in lanes`;
    const inputs = [picks.input([7, 10], dtype), picks.input([70], index)];
    picks.case(lanes, picks.builder.apply(gather, inputs, { axis: 1 }, { name: lanes }));
  }
}
picks.case(
  'gather from the middle axis',
  picks.builder.apply(gather, [picks.input([3, 10, 33]), picks.input([90], 'i64')], { axis: 1 }, { name: 'middle' }),
);
for (const mode of ['replace', 'add', 'mul', 'min', 'max'] as const satisfies readonly ScatterAttrs['mode'][]) {
  for (const dtype of NUMBERS) {
    const name = `scatter ${mode} ${dtype}`;
    const inputs = [picks.input([8, 3, 37], dtype), picks.input([20], 'i64'), picks.input([20, 3, 37], dtype)];
    picks.case(name, picks.builder.apply(scatter, inputs, { mode }, { name }));
  }
}
const single = [picks.input([1500]), picks.input([40], 'i32'), picks.input([40])];
picks.case('scatter single elements', picks.builder.apply(scatter, single, { mode: 'add' }, { name: 'single' }));
const wide = [picks.input([4, 2500]), picks.input([5], 'i64'), picks.input([5, 2500])];
picks.case('scatter long rows', picks.builder.apply(scatter, wide, { mode: 'max' }, { name: 'wide' }));
for (const [name, attrs] of Object.entries<PadAttrs>({
  wrapped: { mode: 'wrap', before: [2, 5], after: [9, 40], value: 0 },
  'spread apart': { mode: 'constant', before: [1, 0], after: [0, 2], between: [1, 3], value: 0.5 },
  'spread apart and cut': { mode: 'constant', before: [-1, 2], after: [2, -3], between: [2, 1], value: 0 },
})) {
  picks.case(name, picks.builder.apply(pad, [picks.input([5, 33])], attrs, { name }));
}

for (const [name, shape, count] of [
  ['no indices', [10, 5], 0],
  ['rows without elements', [10, 0], 3],
] as const) {
  const row = shape.slice(1);
  const rows = [picks.input(shape), picks.input([count], 'i64'), picks.input([count, ...row])];
  picks.case(`gather, ${name}`, picks.builder.apply(gather, rows.slice(0, 2), { axis: 0 }, { name }));
  picks.case(`scatter, ${name}`, picks.builder.apply(scatter, rows, { mode: 'add' }, { name }));
}
