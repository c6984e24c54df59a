import {
  elementwise,
  fromWhole,
  toWhole,
  transpose,
  type BinaryFunction,
  type EpilogueStep,
  type Graph,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { randomInputs } from '../../../../tools/testing/tensors.js';
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

add('strided operand', cases.input([2, 3, 4]), [{ kind: 'add', operand: 1 }], [transposed([4, 3])]);
add(
  'alternating broadcasts of rank 6',
  cases.input([2, 1, 3, 1, 2, 1]),
  [{ kind: 'mul', operand: 1 }],
  [cases.input([1, 3, 1, 2, 1, 5])],
);

/** A value whose last axis is not contiguous. */
function transposed(shape: readonly [number, number]): ValueId {
  return cases.builder.apply(transpose, [cases.input(shape)], { perm: [1, 0] }, { name: 'turned' });
}

checkCases('elementwise chains', cases, { tolerance: 4e-6 });

const whole = new CaseGraph('whole');
/** Chains, so that few kernels cover all: the first step meets the extremes themselves. */
const CHAINS: readonly (readonly (BinaryFunction | 'neg' | 'abs' | 'sign' | 'not')[])[] = [
  ['add', 'mul', 'sub', 'rsub', 'neg'],
  ['div', 'xor'],
  ['rdiv', 'or'],
  ['mod', 'abs'],
  ['fmod', 'and', 'not'],
  ['pow', 'sign'],
  ['min', 'max', 'abs'],
];
for (const dtype of ['i8', 'u8', 'u16', 'i32', 'i64'] as const) {
  for (const chain of CHAINS) {
    const inputs = [whole.input([3, 41], dtype), whole.input([3, 41], dtype), whole.input([3, 1], dtype)];
    const epilogue = chain.map((kind, index): EpilogueStep => {
      const unary = kind === 'neg' || kind === 'abs' || kind === 'sign' || kind === 'not';
      return unary ? { kind } : { kind, operand: index === 0 ? 1 : 2 };
    });
    const name = `${dtype} ${chain.join(' ')}`;
    whole.case(name, whole.builder.apply(elementwise, inputs, { epilogue }, { name }));
  }
}
for (const kind of ['and', 'or', 'xor'] as const) {
  const inputs = [whole.input([5, 33], 'bool'), whole.input([33], 'bool')];
  const epilogue = [{ kind, operand: 1 }, { kind: 'not' }] as const;
  whole.case(`bool ${kind}, not`, whole.builder.apply(elementwise, inputs, { epilogue }, { name: kind }));
}
checkCases('whole numbers', whole, { tolerance: 0, inputs: extremes });

/** Random numbers, and in front of them those at which arithmetic wraps around or has no result. */
function extremes(graph: Graph): ReadonlyMap<string, Tensor> {
  const least = { i8: -128n, i32: -(2n ** 31n), i64: -(2n ** 63n) };
  return new Map(
    [...randomInputs(graph)].map(([name, tensor]) => {
      const values = toWhole(tensor).slice();
      const low = tensor.dtype in least ? least[tensor.dtype as keyof typeof least] : 0n;
      if (tensor.dtype !== 'bool')
        [low, -1n, 0n, low, 1n, -low - 1n, 3n, -3n].forEach((value, i) => (values[i] = value));
      if (tensor.shape.at(-1) === 41) values.set([-1n, low, 0n, 0n, -1n], 41);
      return [name, fromWhole(tensor.dtype, tensor.shape, values)];
    }),
  );
}
