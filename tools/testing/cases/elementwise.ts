import { elementwise, type BinaryFunction, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';

/** Every elementwise step by itself, broadcasting, and chains. */
export const elementwiseChains = new CaseGraph('elementwise');

function add(name: string, x: ValueId, epilogue: readonly EpilogueStep[], operands: readonly ValueId[] = []): void {
  elementwiseChains.case(name, elementwiseChains.builder.apply(elementwise, [x, ...operands], { epilogue }, { name }));
}

for (const step of UNARY_STEPS) add(stepName(step), elementwiseChains.input([3, 5, 7]), [step]);
for (const kind of ['log', 'sqrt', 'reciprocal'] as const) {
  // Positive, away from the pole.
  add(
    kind,
    elementwiseChains.input([101]),
    [{ kind: 'abs' }, { kind: 'add', operand: 1 }, { kind }],
    [elementwiseChains.constant([1], 0.25, 0.5)],
  );
}

const BINARY: readonly BinaryFunction[] = ['add', 'sub', 'rsub', 'mul', 'div', 'min', 'max'];
const BROADCASTS: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  same: [
    [2, 3, 5],
    [2, 3, 5],
  ],
  row: [[4, 33], [33]],
  column: [
    [4, 33],
    [4, 1],
  ],
  scalar: [[4, 33], []],
  channel: [
    [2, 3, 4, 5],
    [3, 1, 1],
  ],
  middle: [
    [2, 3, 4, 5],
    [2, 1, 4, 1],
  ],
  'larger operand': [[5], [3, 4, 5]],
  'both ways': [
    [4, 1, 6],
    [1, 5, 6],
  ],
  'outer product': [
    [9, 1],
    [1, 70],
  ],
};
for (const [name, [x, y]] of Object.entries(BROADCASTS)) {
  for (const kind of BINARY) {
    const operand = kind === 'div' ? elementwiseChains.constant(y, 0.5, 2) : elementwiseChains.input(y);
    add(`${kind} ${name}`, elementwiseChains.input(x), [{ kind, operand: 1 }], [operand]);
  }
}
add(
  'pow',
  elementwiseChains.input([4, 9]),
  [{ kind: 'abs' }, { kind: 'add', operand: 2 }, { kind: 'pow', operand: 1 }],
  [elementwiseChains.constant([9], -2, 3), elementwiseChains.constant([1], 0.25, 0.5)],
);
add(
  'a chain that reads one operand twice',
  elementwiseChains.input([2, 6, 3]),
  [
    { kind: 'mul', operand: 1 },
    { kind: 'sigmoid' },
    { kind: 'sub', operand: 1 },
    { kind: 'add', operand: 2 },
    { kind: 'tanh' },
  ],
  [elementwiseChains.input([2, 6, 3]), elementwiseChains.input([6, 1])],
);
add(
  'rank 6',
  elementwiseChains.input([1, 2, 3, 2, 2, 3]),
  [{ kind: 'add', operand: 1 }],
  [elementwiseChains.input([2, 3, 1, 2, 3])],
);
add('one element', elementwiseChains.input([1]), [{ kind: 'exp' }]);
add('rank 0', elementwiseChains.input([]), [{ kind: 'neg' }]);
