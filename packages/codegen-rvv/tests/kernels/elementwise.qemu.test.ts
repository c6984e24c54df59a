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
import { CaseGraph } from './case-graph.js';
import { elementwiseChains } from '../../../../tools/testing/cases/elementwise.js';
import { checkCases } from './check-cases.js';

checkCases('elementwise chains', elementwiseChains, { tolerance: 4e-6 });

const strided = new CaseGraph('strided');
/** A value whose last axis is not contiguous. */
const turned: ValueId = strided.builder.apply(transpose, [strided.input([4, 3])], { perm: [1, 0] }, { name: 'turned' });
for (const [name, x, y] of [
  ['strided operand', strided.input([2, 3, 4]), turned],
  ['alternating broadcasts of rank 6', strided.input([2, 1, 3, 1, 2, 1]), strided.input([1, 3, 1, 2, 1, 5])],
] as const) {
  const attrs = { epilogue: [{ kind: 'add', operand: 1 }] } as const;
  strided.case(name, strided.builder.apply(elementwise, [x, y], attrs, { name }));
}
checkCases('far apart operands', strided);

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
