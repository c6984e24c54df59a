import { compare, RELATIONS, transpose, where, type CompareAttrs, type DType, type ValueId } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

const NUMBERS = ['f32', 'f64', 'i8', 'u8', 'u16', 'i32', 'i64', 'bool'] as const satisfies readonly DType[];

/** Comparisons and choices of all element types. */
export const choices = new CaseGraph('choices');
const turned = (dtype: DType, shape: readonly [number, number]): ValueId =>
  choices.builder.apply(transpose, [choices.input(shape, dtype)], { perm: [1, 0] }, { name: 'turned' });

for (const mode of Object.keys(RELATIONS) as CompareAttrs['mode'][]) {
  for (const dtype of NUMBERS) {
    const inputs = [choices.input([3, 37], dtype), choices.input([3, 37], dtype)];
    const name = `${mode} ${dtype}`;
    choices.case(name, choices.builder.apply(compare, inputs, { mode }, { name }));
  }
}
const BROADCASTS: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  column: [
    [4, 33],
    [4, 1],
  ],
  'outer product': [
    [9, 1],
    [1, 70],
  ],
  scalar: [[], [2, 3]],
};
for (const [name, [a, b]] of Object.entries(BROADCASTS)) {
  const inputs = [choices.input(a, 'i64'), choices.input(b, 'i64')];
  const holds = choices.builder.apply(compare, inputs, { mode: 'less' }, { name });
  choices.case(`less, ${name}`, holds);
  choices.case(`where, ${name}`, choices.builder.apply(where, [holds, ...inputs], {}, { name: `where ${name}` }));
}
for (const dtype of [...NUMBERS, 'f16'] as const) {
  const inputs = [choices.input([5, 29], 'bool'), choices.input([5, 29], dtype), choices.input([29], dtype)];
  choices.case(`where ${dtype}`, choices.builder.apply(where, inputs, {}, { name: `where ${dtype}` }));
}
const flags = choices.input([2, 3, 4], 'bool');
choices.case(
  'where of a strided operand',
  choices.builder.apply(where, [flags, turned('f32', [4, 3]), choices.input([2, 3, 4])], {}, { name: 'strided' }),
);
choices.case(
  'equal of a strided operand',
  choices.builder.apply(
    compare,
    [turned('i32', [4, 3]), choices.input([2, 3, 4], 'i32')],
    { mode: 'equal' },
    { name: 'strided equal' },
  ),
);
