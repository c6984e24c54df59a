import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/sim/operation.js';
import { Scoreboard } from '../../src/sim/scoreboard.js';

const ISSUE = { width: 2, vectorQueue: 0, waitsForDestination: false, mispredict: 0, source: 'made up' };
const UNITS = { integer: 2, memory: 1, vector: 1, vectorMemory: 1 };

function operation(
  unit: string,
  latency: number,
  occupancy: number,
  writes: number[],
  reads: number[] = [],
): Operation {
  return { unit, latency, occupancy, writes, reads, vector: unit.startsWith('vector'), scalarReads: [] };
}

const add = (to: number, ...from: number[]): Operation => operation('integer', 1, 1, [to], from);
const load = (to: number, ...from: number[]): Operation => operation('memory', 3, 1, [to], from);
const multiply = (to: number, ...from: number[]): Operation => operation('vector', 5, 2, [to], from);
const loadVector = (to: number): Operation => operation('vectorMemory', 7, 4, [to]);

/** When each operation issues. */
function issues(operations: readonly Operation[], issue: Partial<typeof ISSUE> = {}): number[] {
  const board = new Scoreboard({ units: UNITS, issue: { ...ISSUE, ...issue } });
  return operations.map((one) => board.issue(one));
}

describe('hand-computed sequences', () => {
  test('two independent operations a cycle', () => {
    expect(issues([add(1), add(2), add(3), add(4), add(5)])).toEqual([0, 0, 1, 1, 2]);
  });

  test('an operand that is not there holds up everything behind it', () => {
    // The load delivers in cycle 3; the second add is held up although its own operands are there.
    expect(issues([load(1), add(2, 1), add(3), add(4)])).toEqual([0, 3, 3, 4]);
  });

  test('a unit of one takes one operation at a time', () => {
    expect(issues([load(1), load(2), add(3), load(4)])).toEqual([0, 1, 1, 2]);
  });

  test('an occupied vector unit delays the next vector operation, but not what is before it', () => {
    expect(issues([multiply(70), add(1), multiply(71), multiply(72)])).toEqual([0, 0, 2, 4]);
  });

  test('a younger write to the same register completes later', () => {
    // Latency 7 against 5: the younger may not issue before cycle 3.
    expect(issues([loadVector(70), multiply(70)])).toEqual([0, 3]);
    expect(issues([add(1), add(1)])).toEqual([0, 1]);
  });

  test('a chain runs at the latency, independent operations at the occupancy', () => {
    const chain = Array.from({ length: 4 }, () => multiply(70, 70));
    expect(issues(chain)).toEqual([0, 5, 10, 15]);
    const free = Array.from({ length: 4 }, (_, i) => multiply(70 + i));
    expect(issues(free)).toEqual([0, 2, 4, 6]);
  });

  test('loads run beside multiply-adds', () => {
    const step = [loadVector(80), multiply(70), multiply(71), multiply(72)];
    // Four cycles of the load are hidden by six of the multiply-adds.
    expect(issues([...step, ...step])).toEqual([0, 0, 2, 4, 4, 6, 8, 10]);
  });

  test('fractions of cycles add up', () => {
    const half = operation('vector', 1, 1.25, []);
    expect(issues([half, half, half, half, half])).toEqual([0, 1.25, 2.5, 3.75, 5]);
  });
});

describe('a queue before the vector unit', () => {
  test('lets scalar operations pass until it is full', () => {
    const sequence = [multiply(70), multiply(71), multiply(72), add(1), multiply(73), add(2)];
    expect(issues(sequence)).toEqual([0, 2, 4, 4, 6, 6]);
    // Two places: the third waits in the queue, the fourth for the second one to leave it at 2.
    expect(issues(sequence, { vectorQueue: 2 })).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('a scalar operand is needed on entry, a vector operand on leaving', () => {
    const scaled: Operation = { ...multiply(71, 1, 70), scalarReads: [1] };
    // The vector operand comes at 7, the scalar one at 3.
    expect(issues([loadVector(70), load(1), scaled, add(2)], { vectorQueue: 2 })).toEqual([0, 0, 3, 3]);
    expect(issues([loadVector(70), load(1), scaled, add(2)])).toEqual([0, 0, 7, 7]);
  });
});

test('a unit the core does not have', () => {
  expect(() => issues([operation('matrix', 1, 1, [])])).toThrow('the core has no unit "matrix"');
});
