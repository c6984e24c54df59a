import { describe, expect, test } from 'vitest';
import { loadCore, simulate, type ExecutionRecord, type SimReport } from '@ait-rvv/remote';
import { mispredictions } from '../../src/sim/branches.js';
import { Flow } from '../../src/sim/flow.js';
import { IssueCycles } from '../../src/sim/issue-cycles.js';
import { bandwidthFloor, memoryFigures, NO_EVENTS, penalty, sharedFloor } from '../../src/sim/memory.js';
import { operationsOf } from '../../src/sim/operation.js';

const { core, version } = loadCore('spacemit-x60');

const ADD = 0x00c58533; // add a0,a1,a2
const CHAIN = 0x00150513; // addi a0,a0,1
const FMACC = 0xb3005457; // vfmacc.vf v8,ft0,v16
const BNEZ = 0xfe051ee3; // bnez a0,.-4
const E32M1 = 0xd0;

function record(words: readonly number[], edges: [number, number, number][], events: number[] = []): ExecutionRecord {
  return {
    schemaVersion: 1,
    vlen: 256,
    region: 'markers',
    blocks: [{ id: 0, address: 4096, words: [...words], classes: words.map(() => 0), variants: [[1, E32M1]] }],
    threads: [{ index: 0, places: [{ step: 0, edges, events: events.length === 0 ? [] : [[0, ...events]] }] }],
  };
}

const run = (given: ExecutionRecord): SimReport => simulate(given, core, version);

describe('loops settle', () => {
  const once = (words: number[], count: number): number =>
    run(
      record(words, [
        [0, 1, 1],
        [1, 1, count - 1],
      ]),
    ).total.cycles;

  test.each([
    ['independent adds, two a cycle', [ADD, 0x00c58593, 0x00c58613, 0x00c58693], 2],
    ['a chain of adds, one a cycle', [CHAIN, CHAIN, CHAIN], 3],
    ['multiply-adds that accumulate into one register, five cycles each', [FMACC, FMACC], 10],
  ])('%s', (_, words, perRound) => {
    expect(once(words, 10_000) / 10_000).toBeCloseTo(perRound, 2);
  });
});

test('a block costs what it does after its predecessors, not alone', () => {
  const variant = { block: record([FMACC], []).blocks[0] ?? expect.unreachable(), vtype: E32M1 };
  const issue = new IssueCycles(core, () => operationsOf(variant, core));
  const flow = new Flow([
    [0, 1, 1],
    [1, 1, 99],
  ]);
  expect(issue.edge(flow, 0, 1)).toBe(0);
  expect(issue.edge(flow, 1, 1)).toBe(5);
});

describe('branches', () => {
  const block = { id: 0, address: 100, words: [BNEZ], classes: [4], variants: [] };
  const addressOf = (variant: number): number => (variant === 2 ? 104 : 100);

  test('the rarer way is mispredicted', () => {
    const flow = new Flow([
      [1, 1, 97],
      [1, 2, 3],
    ]);
    expect(mispredictions(flow, 1, block, addressOf)).toBe(3);
  });

  test('a block that does not end in a branch has no way to choose', () => {
    const flow = new Flow([
      [1, 1, 1],
      [1, 2, 1],
    ]);
    expect(mispredictions(flow, 1, { ...block, words: [ADD] }, addressOf)).toBe(0);
  });
});

describe('memory', () => {
  const { loads, stores, floors, line, dramBytesPerCycle } = core.memory;

  test('lines cost what their kind costs', () => {
    const events = { ...NO_EVENTS, loadL2Stream: 10, loadDramLone: 2, storeL2Lone: 3, misaligned: 7 };
    expect(penalty(events, core)).toBe(10 * loads.l2.stream + 2 * loads.dram.lone + 3 * stores.l2.lone + 7);
  });

  test('a loop is bound by the lines it moves', () => {
    const events = { ...NO_EVENTS, loadDramStream: 100, storeDramStream: 60, loadL2Lone: 5 };
    const { dram, l2 } = floors;
    expect(bandwidthFloor(events, core)).toBe(100 * dram.load + 60 * dram.store + 60 * dram.pair + 5 * l2.load);
    expect(sharedFloor(events, core)).toBe((160 * line) / dramBytesPerCycle.value);
  });

  test('what was missed and moved', () => {
    const events = { ...NO_EVENTS, loadL2Stream: 4, storeDramLone: 2, writeBackL2: 3, writeBackDram: 1 };
    expect(memoryFigures(events, core)).toEqual({ l1Misses: 6, l2Misses: 2, l2Bytes: 9 * 64, dramBytes: 3 * 64 });
  });

  test('a loop that computes more than its lines take is not slowed beyond their cost', () => {
    const words = [FMACC, FMACC, FMACC, FMACC];
    const edges: [number, number, number][] = [[1, 1, 1000]];
    const issue = run(record(words, edges)).total.cycles;
    expect(issue).toBe(20_000);
    const streamed = [0, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(run(record(words, edges, streamed)).total.cycles).toBe(issue + 1000 * loads.dram.stream);
    const bound = [0, 0, 10_000, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(run(record(words, edges, bound)).total.cycles).toBe(10_000 * floors.dram.load);
  });
});

describe('threads', () => {
  const place = (step: number, count: number, dram = 0) => ({
    step,
    edges: [[1, 1, count]] as [number, number, number][],
    events: [[0, 0, 0, dram, 0, 0, 0, 0, 0, 0, 0, 0]],
  });

  test('the slowest of every step counts', () => {
    const two: ExecutionRecord = {
      ...record([FMACC], []),
      threads: [
        { index: 0, places: [place(0, 100), place(1, 10)] },
        { index: 1, places: [place(0, 60), place(1, 30)] },
      ],
    };
    const { total, layers, perThread } = run(two);
    expect(layers.map(({ step, cycles, instructions }) => [step, cycles, instructions])).toEqual([
      [0, 500, 160],
      [1, 150, 40],
    ]);
    expect([total.cycles, total.instructions]).toEqual([650, 200]);
    expect(perThread.map((thread) => thread.total.cycles)).toEqual([550, 450]);
  });

  test('memory serves all of them', () => {
    const threads = Array.from({ length: 8 }, (_, index) => ({ index, places: [place(0, 1000, 1000)] }));
    const { total } = run({ ...record([FMACC], []), threads });
    expect(total.cycles).toBe(Math.ceil((8000 * 64) / dramBytesPerCycle()));
  });
});

function dramBytesPerCycle(): number {
  return core.memory.dramBytesPerCycle.value;
}
