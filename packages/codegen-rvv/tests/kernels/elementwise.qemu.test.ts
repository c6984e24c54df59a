import { elementwise, type BinaryFunction, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';
import { checkCases } from './check-cases.js';

const cases = new CaseGraph('elementwise');

function add(name: string, x: ValueId, epilogue: readonly EpilogueStep[], operands: readonly ValueId[] = []): void {
  cases.case(name, cases.builder.apply(elementwise, [x, ...operands], { epilogue }, { name }));
}

for (const step of UNARY_STEPS) add(stepName(step), cases.input([3, 5, 7]), [step]);
for (const kind of ['log', 'sqrt', 'reciprocal'] as const) {
  // Positive, away from the pole.
  add(
    kind,
    cases.input([101]),
    [{ kind: 'abs' }, { kind: 'add', operand: 1 }, { kind }],
    [cases.constant([1], 0.25, 0.5)],
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
    const operand = kind === 'div' ? cases.constant(y, 0.5, 2) : cases.input(y);
    add(`${kind} ${name}`, cases.input(x), [{ kind, operand: 1 }], [operand]);
  }
}
add(
  'pow',
  cases.input([4, 9]),
  [{ kind: 'abs' }, { kind: 'add', operand: 2 }, { kind: 'pow', operand: 1 }],
  [cases.constant([9], -2, 3), cases.constant([1], 0.25, 0.5)],
);
add(
  'a chain that reads one operand twice',
  cases.input([2, 6, 3]),
  [
    { kind: 'mul', operand: 1 },
    { kind: 'sigmoid' },
    { kind: 'sub', operand: 1 },
    { kind: 'add', operand: 2 },
    { kind: 'tanh' },
  ],
  [cases.input([2, 6, 3]), cases.input([6, 1])],
);
add('rank 6', cases.input([1, 2, 3, 2, 2, 3]), [{ kind: 'add', operand: 1 }], [cases.input([2, 3, 1, 2, 3])]);
add('one element', cases.input([1]), [{ kind: 'exp' }]);
add('rank 0', cases.input([]), [{ kind: 'neg' }]);

checkCases('elementwise chains', cases, { tolerance: 4e-6 });
