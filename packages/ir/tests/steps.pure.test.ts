import {
  elementwise,
  fromWhole,
  isDefinedOn,
  STEPS,
  tensorF32,
  toWhole,
  type DType,
  type EpilogueStep,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { counting, evaluate, refusal, values } from './evaluate-op.js';

const real = (step: EpilogueStep, x: number, y = 0): number =>
  values(elementwise, 'operand' in step ? [tensorF32([1], [x]), tensorF32([1], [y])] : [tensorF32([1], [x])], {
    epilogue: [step],
  })[0] ?? NaN;

const whole = (step: EpilogueStep, dtype: DType, x: bigint, y = 0n): bigint => {
  const tensor = (value: bigint) => fromWhole(dtype, [1], BigInt64Array.of(value));
  const [result] = evaluate(elementwise, 'operand' in step ? [tensor(x), tensor(y)] : [tensor(x)], {
    epilogue: [step],
  });
  return result === undefined ? 0n : (toWhole(result)[0] ?? 0n);
};

const REAL: readonly (readonly [EpilogueStep, number, number, number])[] = [
  [{ kind: 'add', operand: 1 }, 2, 3, 5],
  [{ kind: 'sub', operand: 1 }, 2, 3, -1],
  [{ kind: 'rsub', operand: 1 }, 2, 3, 1],
  [{ kind: 'mul', operand: 1 }, 2, 3, 6],
  [{ kind: 'div', operand: 1 }, 3, 2, 1.5],
  [{ kind: 'rdiv', operand: 1 }, 2, 3, 1.5],
  [{ kind: 'min', operand: 1 }, 2, 3, 2],
  [{ kind: 'max', operand: 1 }, 2, 3, 3],
  [{ kind: 'pow', operand: 1 }, 2, 3, 8],
  [{ kind: 'relu' }, -2, 0, 0],
  [{ kind: 'clamp', min: -1, max: 1 }, -2, 0, -1],
  [{ kind: 'leakyRelu', alpha: 0.5 }, -2, 0, -1],
  [{ kind: 'hardSigmoid', alpha: 0.5, beta: 0.5 }, 0.5, 0, 0.75],
  [{ kind: 'hardSwish' }, -1, 0, -1 / 3],
  [{ kind: 'sigmoid' }, 0, 0, 0.5],
  [{ kind: 'silu' }, 1, 0, 0.7310585786300049],
  [{ kind: 'tanh' }, 0.5, 0, 0.46211715726000973],
  [{ kind: 'gelu', approximate: false }, 1, 0, 0.8413447460685429],
  [{ kind: 'gelu', approximate: true }, 1, 0, 0.8411919906082768],
  [{ kind: 'erf' }, 0.5, 0, 0.5204998778130465],
  [{ kind: 'exp' }, 1, 0, Math.E],
  [{ kind: 'log' }, 2, 0, Math.LN2],
  [{ kind: 'sqrt' }, 2, 0, Math.SQRT2],
  [{ kind: 'reciprocal' }, 4, 0, 0.25],
  [{ kind: 'neg' }, 4, 0, -4],
  [{ kind: 'abs' }, -4, 0, 4],
  [{ kind: 'floor' }, -1.5, 0, -2],
  [{ kind: 'ceil' }, -1.5, 0, -1],
  [{ kind: 'bias', operand: 1 }, 1, 2, 3],
  [{ kind: 'fmod', operand: 1 }, -7, 3, -1],
  [{ kind: 'prelu', operand: 1 }, -2, 0.25, -0.5],
  [{ kind: 'pow', operand: 1 }, 1, NaN, 1],
  [{ kind: 'sign' }, -3, 0, -1],
  [{ kind: 'sign' }, NaN, 0, NaN],
  [{ kind: 'round' }, 2.5, 0, 2],
  [{ kind: 'round' }, 3.5, 0, 4],
  [{ kind: 'round' }, -2.5, 0, -2],
  [{ kind: 'round' }, -0.4, 0, -0],
  [{ kind: 'sin' }, 1, 0, 0.8414709848078965],
  [{ kind: 'cos' }, 1, 0, 0.5403023058681398],
  [{ kind: 'softplus' }, 1, 0, 1.3132616875182228],
  [{ kind: 'softplus' }, 100, 0, 100],
  [{ kind: 'softsign' }, -1, 0, -0.5],
  [{ kind: 'mish' }, 1, 0, 0.8650983882673103],
  [{ kind: 'elu', alpha: 2 }, -1, 0, -1.2642411176571153],
  [{ kind: 'celu', alpha: 2 }, -1, 0, -0.7869386805747332],
  [{ kind: 'selu', alpha: 2, gamma: 3 }, -1, 0, -3.792723352971346],
  [{ kind: 'thresholdedRelu', alpha: 1 }, 1, 0, 0],
  [{ kind: 'thresholdedRelu', alpha: 1 }, 1.5, 0, 1.5],
];

const LEAST = -(2n ** 63n);
const WHOLE: readonly (readonly [EpilogueStep, DType, bigint, bigint, bigint])[] = [
  [{ kind: 'bias', operand: 1 }, 'i32', 1n, 2n, 3n],
  [{ kind: 'add', operand: 1 }, 'i64', 2n ** 63n - 1n, 1n, LEAST],
  [{ kind: 'add', operand: 1 }, 'i64', 2n ** 60n, 1n, 2n ** 60n + 1n],
  [{ kind: 'sub', operand: 1 }, 'u8', 1n, 2n, 255n],
  [{ kind: 'rsub', operand: 1 }, 'i32', 1n, 3n, 2n],
  [{ kind: 'mul', operand: 1 }, 'i32', 65536n, 65536n, 0n],
  [{ kind: 'div', operand: 1 }, 'i32', -7n, 2n, -3n],
  [{ kind: 'div', operand: 1 }, 'i64', LEAST, -1n, LEAST],
  [{ kind: 'div', operand: 1 }, 'u8', 7n, 0n, 255n],
  [{ kind: 'rdiv', operand: 1 }, 'i32', 2n, 7n, 3n],
  [{ kind: 'min', operand: 1 }, 'i8', -2n, 3n, -2n],
  [{ kind: 'max', operand: 1 }, 'i8', -2n, 3n, 3n],
  [{ kind: 'pow', operand: 1 }, 'i32', -3n, 3n, -27n],
  [{ kind: 'pow', operand: 1 }, 'i32', -1n, -3n, -1n],
  [{ kind: 'pow', operand: 1 }, 'i32', 2n, -1n, 0n],
  [{ kind: 'pow', operand: 1 }, 'i64', 3n, 2n ** 62n, 1n],
  [{ kind: 'mod', operand: 1 }, 'i32', -7n, 3n, 2n],
  [{ kind: 'mod', operand: 1 }, 'i32', 7n, -3n, -2n],
  [{ kind: 'mod', operand: 1 }, 'i32', -7n, 0n, -7n],
  [{ kind: 'fmod', operand: 1 }, 'i32', -7n, 3n, -1n],
  [{ kind: 'and', operand: 1 }, 'bool', 1n, 0n, 0n],
  [{ kind: 'or', operand: 1 }, 'bool', 1n, 0n, 1n],
  [{ kind: 'xor', operand: 1 }, 'bool', 1n, 1n, 0n],
  [{ kind: 'not' }, 'bool', 1n, 0n, 0n],
  [{ kind: 'neg' }, 'i8', -128n, 0n, -128n],
  [{ kind: 'abs' }, 'i32', -4n, 0n, 4n],
  [{ kind: 'sign' }, 'i64', -4n, 0n, -1n],
];

describe('steps', () => {
  test.each(REAL)('%j of %f and %f', (step, x, y, expected) => {
    expect(real(step, x, y)).toBe(Math.fround(expected));
  });

  test.each(WHOLE)('%j of %s %i and %i', (step, dtype, x, y, expected) => {
    expect(whole(step, dtype, x, y)).toBe(expected);
  });

  test('every step has a case for each kind of number it is defined on', () => {
    const covered = (cases: readonly (readonly [EpilogueStep, ...unknown[]])[]) =>
      [...new Set(cases.map(([step]) => step.kind))].sort();
    const rows = Object.entries(STEPS);
    const having = (field: 'meaning' | 'whole') => rows.flatMap(([kind, row]) => (field in row ? [kind] : [])).sort();
    expect(covered(REAL)).toEqual(having('meaning'));
    expect(covered(WHOLE)).toEqual(having('whole'));
  });

  test('are refused on types they have no meaning for', () => {
    const flags = fromWhole('bool', [1], BigInt64Array.of(1n));
    expect(refusal(elementwise, [flags], { epilogue: [{ kind: 'exp' }] })).toBe(
      'AIT2103 n: exp of bool makes no sense',
    );
    expect(refusal(elementwise, [tensorF32([1], [1])], { epilogue: [{ kind: 'not' }] })).toBe(
      'AIT2103 n: not of f32 makes no sense',
    );
    expect(isDefinedOn({ kind: 'add', operand: 1 }, 'bool')).toBe(false);
  });

  test('both sides broadcast', () => {
    const [result] = evaluate(elementwise, [tensorF32([2, 1], [1, 2]), tensorF32([3], [10, 20, 30])], {
      epilogue: [{ kind: 'add', operand: 1 }],
    });
    expect(result).toEqual(tensorF32([2, 3], [11, 21, 31, 12, 22, 32]));
    expect(refusal(elementwise, [counting(2), counting(3)], { epilogue: [{ kind: 'add', operand: 1 }] })).toBe(
      'AIT2101 n: shapes [2] and [3] cannot be broadcast together',
    );
  });
});
