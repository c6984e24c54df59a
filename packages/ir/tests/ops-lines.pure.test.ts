import {
  normalize,
  pad,
  resample,
  scan,
  scatter,
  tensorF32,
  tensorI64,
  toNumbers,
  topk,
  type Tensor,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { counting, evaluate, refusal, values } from './evaluate-op.js';

const i32 = (shape: readonly number[], ...list: number[]): Tensor => ({
  dtype: 'i32',
  shape,
  data: Int32Array.from(list),
});

describe('scan', () => {
  const attrs = { axis: 1, exclusive: false, reverse: false };
  test('sums up to each element, before it, and from the end', () => {
    expect(values(scan, [counting(2, 3)], attrs)).toEqual([1, 3, 6, 4, 9, 15]);
    expect(values(scan, [counting(2, 3)], { ...attrs, exclusive: true })).toEqual([0, 1, 3, 0, 4, 9]);
    expect(values(scan, [counting(2, 3)], { axis: 0, exclusive: false, reverse: true })).toEqual([5, 7, 9, 4, 5, 6]);
  });
  test('whole numbers wrap around', () => {
    expect(values(scan, [i32([2], 2 ** 31 - 1, 1)], { ...attrs, axis: 0 })).toEqual([2 ** 31 - 1, -(2 ** 31)]);
  });
  test('refusals', () => {
    expect(refusal(scan, [counting(2)], attrs)).toMatch(/axis 1 is outside rank 1/);
    const truths: Tensor = { dtype: 'bool', shape: [1, 1], data: Uint8Array.of(1) };
    expect(refusal(scan, [truths], attrs)).toMatch(/the sum of truth values makes no sense/);
  });
});

describe('topk', () => {
  const x = tensorF32([5], [2, 5, NaN, 5, -1]);
  const attrs = { axis: 0, k: 3, mode: 'max', last: false } as const;
  test('best first, of equals the first, NaN beyond all', () => {
    const [best, at] = evaluate(topk, [x], attrs);
    expect(toNumbers(best ?? x)).toEqual([NaN, 5, 5]);
    expect(toNumbers(at ?? x)).toEqual([2, 1, 3]);
  });
  test('the last of equals, and the smallest', () => {
    expect(toNumbers(evaluate(topk, [i32([3], 7, 7, 1)], { ...attrs, k: 1, last: true })[1] ?? x)).toEqual([1]);
    expect(toNumbers(evaluate(topk, [counting(3, 2)], { ...attrs, k: 2, mode: 'min' })[0] ?? x)).toEqual([1, 2, 3, 4]);
  });
  test('refusals', () => {
    expect(refusal(topk, [x], { ...attrs, k: 6 })).toMatch(/picks 6 of 5 elements/);
    expect(refusal(topk, [x], { ...attrs, last: true })).toMatch(
      /the last of equal elements can be asked for alone only/,
    );
  });
});

describe('scatter', () => {
  const rows = counting(3, 2);
  test('writes in order, counts from the end, leaves out what is not there', () => {
    const inputs = [rows, tensorI64([3], [-1, 0, 7]), tensorF32([3, 2], [10, 20, 30, 40, 50, 60])];
    expect(values(scatter, inputs, { mode: 'replace' })).toEqual([30, 40, 3, 4, 10, 20]);
    expect(values(scatter, inputs, { mode: 'add' })).toEqual([31, 42, 3, 4, 15, 26]);
    expect(values(scatter, inputs, { mode: 'min' })).toEqual([1, 2, 3, 4, 5, 6]);
  });
  test('whole numbers wrap around', () => {
    const inputs = [i32([1], 2 ** 30), tensorI64([2], [0, 0]), i32([2], 2, 2)];
    expect(values(scatter, inputs, { mode: 'mul' })).toEqual([0]);
  });
  test('refusals', () => {
    const updates = tensorF32([1, 3], [1, 2, 3]);
    expect(refusal(scatter, [rows, tensorI64([1], [0]), updates], { mode: 'add' })).toMatch(/do not fit together/);
    expect(refusal(scatter, [rows, tensorF32([1], [0]), counting(1, 2)], { mode: 'add' })).toMatch(/indices are f32/);
  });
});

describe('resample', () => {
  const indices = tensorI64([2, 3], [0, 0, 1, 0, 1, 1]);
  const weights = tensorF32([2, 3], [1, 0.5, 1, 0, 0.5, 0]);
  test('sums weighted neighbours along an axis', () => {
    expect(values(resample, [tensorF32([2, 2], [1, 3, 5, 9]), indices, weights], { axis: 1 })).toEqual([
      1, 2, 3, 5, 7, 9,
    ]);
    expect(values(resample, [tensorF32([2, 1], [1, 3]), indices, weights], { axis: 0 })).toEqual([1, 2, 3]);
  });
  test('refuses tables of two shapes', () => {
    expect(refusal(resample, [counting(2), indices, counting(3)], { axis: 0 })).toMatch(/matrices of one shape/);
  });
});

test('normalize gives mean 0 and variance 1, then its steps', () => {
  const attrs = { axes: [1], epsilon: 0, epilogue: [{ kind: 'mul', operand: 1 }, { kind: 'relu' }] } as const;
  const result = values(normalize, [tensorF32([2, 2], [1, 3, -5, 5]), tensorF32([], [10])], attrs);
  expect(result).toEqual([0, 10, 0, 10]);
  expect(refusal(normalize, [counting(2, 2)], { ...attrs, axes: [1, 0] })).toMatch(/axes \[1,0\] do not fit rank 2/);
});

describe('pad', () => {
  const attrs = { before: [2], after: [1], value: 7 };
  test('wraps around, and spreads apart', () => {
    expect(values(pad, [counting(3)], { ...attrs, mode: 'wrap' })).toEqual([2, 3, 1, 2, 3, 1]);
    expect(values(pad, [counting(2)], { ...attrs, mode: 'constant', between: [2] })).toEqual([7, 7, 1, 7, 7, 2, 7]);
  });
  test('spreading apart takes a constant', () => {
    expect(refusal(pad, [counting(2)], { ...attrs, mode: 'edge', between: [1] })).toMatch(/with constants only/);
  });
});
