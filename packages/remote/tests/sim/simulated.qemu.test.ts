import { optimize } from '@ait-rvv/ir';
import { conv2d, ModelScope } from '@ait-rvv/ir/nn';
import { importOnnx } from '@ait-rvv/ir/onnx';
import {
  createExecutor,
  defaultCacheDir,
  INSTRUCTION_CLASSES,
  loadCore,
  parseDevice,
  RemoteError,
  runProcess,
  simulateRun,
  type SimFigures,
  type SimReport,
} from '@ait-rvv/remote';
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFolder, emitGraph, toolchain } from '../../../../tools/testing/programs.js';
import { scratchFolder } from '../../../../tools/testing/scratch.js';

const DEVICE = 'sim:spacemit-x60';
const { core } = loadCore('spacemit-x60');
const folder = scratchFolder();
const context = { env: process.env, cacheDir: defaultCacheDir(process.env), toolchain };

/** A program without libc: `steps` stand in steps 0, 1, …; the buffer has a megabyte. */
const program = (steps: readonly string[]): string => `
  .globl _start
  .option norvc
  .option norelax
_start:
  lla a1, buffer
  slti x0, x0, 1
${steps.map((step, i) => `  slti x0, x1, ${i}\n${step}`).join('\n')}
  slti x0, x0, 3
  slti x0, x0, 2
  li a0, 0
  li a7, 93
  ecall
  .bss
  .balign 4096
buffer: .space 1048576
`;

const loop = (label: number, count: number, body: string): string => `
  li t0, ${count}
${label}:
${body}
  addi t0, t0, -1
  bnez t0, ${label}b`;

const PROGRAMS = {
  computing: program([
    `${loop(1, 1000, '  addi t1, t1, 1\n  addi t2, t2, 1')}\n  nop`,
    `  vsetvli t1, x0, e32, m2, ta, ma${loop(2, 1000, '  vfmacc.vf v8, f0, v16\n  vfmacc.vf v10, f0, v16\n  vfmacc.vf v12, f0, v16')}`,
  ]),
  // 1024 lines in order, twice; then 64 lines five lines apart, in a part of the buffer not touched before.
  memory: program([
    `  mv a2, a1${loop(1, 1024, '  ld t1, 0(a2)\n  addi a2, a2, 64')}`,
    `  mv a2, a1${loop(2, 1024, '  ld t1, 0(a2)\n  addi a2, a2, 64')}`,
    `  li t2, 524288\n  add a2, a1, t2${loop(3, 64, '  sd t1, 0(a2)\n  addi a2, a2, 320')}`,
  ]),
  // Two cache lines a load, aligned and not.
  vectors: program([
    `  vsetvli t1, x0, e32, m4, ta, ma${loop(1, 100, '  vle32.v v8, (a1)\n  addi a2, a1, 4\n  vle32.v v12, (a2)')}`,
  ]),
  unmarked: program([]).replaceAll(/slti.*\n/g, `${loop(1, 100, '  nop')}\n`),
  failing: program([]).replace('li a0, 0', 'li a0, 7'),
};

beforeAll(async () => {
  const { compiler, linkFlags, env } = await toolchain();
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(`${folder}/${name}.s`, text);
    const argv = [...compiler, ...linkFlags, '-march=rv64gcv', '-nostdlib', `${name}.s`, '-o', name];
    const { exitCode, stderr } = await runProcess(argv, { cwd: folder, env: { ...process.env, ...env } });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }
});

async function simulated(argv: readonly string[], directory = folder, device = DEVICE): Promise<SimReport> {
  const executor = await createExecutor(parseDevice(device), context);
  const workspace = await executor.open(directory);
  try {
    return await simulateRun(workspace, argv);
  } finally {
    await workspace.close();
    await executor.close();
  }
}

function stepOf(report: SimReport, step: number): SimFigures {
  return report.layers.find((layer) => layer.step === step) ?? expect.unreachable();
}

/** Events that are not zero. */
function events(figures: SimFigures): Record<string, number> {
  return Object.fromEntries(Object.entries(figures.events).filter(([, count]) => count > 0));
}

describe('small programs', () => {
  test('computing takes the cycles a pencil gives', async () => {
    const report = await simulated(['computing']);
    const [scalar, vector] = [stepOf(report, 0), stepOf(report, 1)];
    // Four instructions a round, two a cycle; the branch ends every loop but is mispredicted once.
    expect(scalar.instructions).toBe(1 + 4 * 1000 + 1);
    expect(Math.abs(scalar.issueCycles - 2000)).toBeLessThanOrEqual(2);
    expect(scalar.branchCycles).toBe(core.issue.mispredict);
    // Three groups of two registers a round, six cycles, longer than the latency of one.
    expect(vector.instructions).toBe(2 + 5 * 1000);
    expect(Math.abs(vector.issueCycles - 6000)).toBeLessThanOrEqual(8);
    expect(vector.vectorMultiplyAdds).toBe(3 * 1000 * 16);
    expect(events(vector)).toEqual({});
    expect(report.region).toBe('markers');
  });

  test('streams and lone misses are told apart, and levels', async () => {
    const report = await simulated(['memory']);
    expect(events(stepOf(report, 0))).toEqual({ loadDramStream: 1023, loadDramLone: 1 });
    expect(events(stepOf(report, 1))).toEqual({ loadL2Stream: 1023, loadL2Lone: 1 });
    expect(events(stepOf(report, 2))).toEqual({ storeDramLone: 64 });
    const { floors, stores } = core.memory;
    expect(stepOf(report, 0).cycles).toBeGreaterThanOrEqual(1024 * floors.dram.load);
    expect(stepOf(report, 1).cycles).toBeGreaterThanOrEqual(1024 * floors.l2.load);
    expect(stepOf(report, 1).cycles).toBeLessThan(stepOf(report, 0).cycles);
    expect(stepOf(report, 2).cycles).toBeGreaterThan(64 * stores.dram.lone);
    expect(stepOf(report, 0).memory.dramBytes).toBe(1024 * 64);
  });

  test('vector accesses count by line and alignment, not by element', async () => {
    const { total } = await simulated(['vectors']);
    expect(events(total)).toEqual({ loadDramLone: 1, loadDramStream: 2, misaligned: 100 });
  });

  test('a program without markers is taken as a whole', async () => {
    const { region, layers, total } = await simulated(['unmarked']);
    expect([region, layers.map(({ step }) => step)]).toEqual(['program', [null]]);
    expect(total.cycles).toBeGreaterThan(100);
  });

  test('a program that fails is no result', async () => {
    await expect(simulated(['failing'])).rejects.toThrow(
      new RemoteError('device-failed', 'the program failed (exit code 7)'),
    );
    const executor = await createExecutor(parseDevice('qemu'), context);
    await expect(simulateRun(await executor.open(folder), ['computing'])).rejects.toThrow('only sim: devices know');
  });

  test('another core has other cycles', async () => {
    const [x60, c908] = await Promise.all([simulated(['computing']), simulated(['computing'], folder, 'sim:c908')]);
    expect(c908.vlen).toBe(128);
    expect(stepOf(c908, 1).cycles).toBe(stepOf(x60, 1).cycles);
    expect(stepOf(c908, 1).vectorMultiplyAdds).toBe(stepOf(x60, 1).vectorMultiplyAdds / 2);
    expect(c908.model).not.toEqual(x60.model);
  });
});

describe('a network', () => {
  let net = '';
  beforeAll(async () => {
    const model = readFileSync(new URL('../../../../examples/digits/digits.onnx', import.meta.url));
    net = emitGraph(importOnnx(model, { shapes: new Map([['image', [1, 1, 32, 32]]]) }));
    await buildFolder(net);
  });

  const sum = (parts: readonly SimFigures[], of: (figures: SimFigures) => number): number =>
    parts.reduce((all, part) => all + of(part), 0);

  test('every run has the same cycles, whatever the environment holds', async () => {
    const noise = { ...process.env, AIT_RVV_TEST_NOISE: 'x'.repeat(3000) };
    const executor = await createExecutor(parseDevice(DEVICE), { ...context, env: noise });
    const noisy = await simulateRun(await executor.open(net), ['build/net']);
    expect(noisy).toEqual(await simulated(['build/net'], net));
    expect(noisy).toEqual(await simulated(['build/net'], net));
  });

  test('layers add up to the total, which is what the counting emulator counts', async () => {
    const { total, layers } = await simulated(['build/net'], net);
    expect(layers.map(({ step }) => step)).toEqual([null, ...Array.from({ length: 14 }, (_, step) => step)]);
    for (const of of [
      (f: SimFigures) => f.cycles,
      (f: SimFigures) => f.instructions,
      (f: SimFigures) => f.vectorMultiplyAdds,
      (f: SimFigures) => f.memory.l1Misses,
      (f: SimFigures) => f.memory.dramBytes,
      ...INSTRUCTION_CLASSES.map((name) => (f: SimFigures) => f.classes[name]),
    ]) {
      expect(sum(layers, of)).toBe(of(total));
    }
    const executor = await createExecutor(parseDevice('qemu'), context);
    const { counts } = await (await executor.open(net)).exec(['build/net'], { count: true });
    expect(counts?.classes).toEqual(total.classes);
    expect(counts?.vectorMultiplyAdds).toBe(total.vectorMultiplyAdds);
  });

  test('threads that are dealt their tasks share every layer', async () => {
    const alone = await simulated(['build/net'], net);
    const { total, layers, perThread } = await simulated(['build/net', '--threads', '2', '--schedule', 'static'], net);
    expect(perThread.map(({ thread }) => thread)).toEqual([0, 1]);
    const convolution = layers.filter(({ vectorMultiplyAdds }) => vectorMultiplyAdds > 100_000);
    expect(convolution.length).toBeGreaterThan(4);
    for (const { step, cycles, vectorMultiplyAdds } of convolution) {
      const each = perThread.map((thread) => thread.layers.find((layer) => layer.step === step));
      const work = each.map((layer) => layer?.vectorMultiplyAdds ?? 0);
      expect(work[0]).toBeGreaterThan(0);
      expect(work[1]).toBeGreaterThan(0);
      expect((work[0] ?? 0) + (work[1] ?? 0)).toBe(vectorMultiplyAdds);
      expect(cycles).toBeGreaterThanOrEqual(Math.max(...each.map((layer) => layer?.cycles ?? 0)));
    }
    expect(total.vectorMultiplyAdds).toBe(alone.total.vectorMultiplyAdds);
    expect(total.cycles).toBeLessThan(0.75 * alone.total.cycles);
  });
});

describe('threads side by side', () => {
  let net = '';
  beforeAll(async () => {
    // 1.3 MB of weights, which every thread reads: more than a second level keeps.
    const scope = ModelScope.create('wide', 0);
    const x = scope.input('x', [1, 192, 14, 14]);
    net = emitGraph(optimize(scope.finish('y', conv2d(scope, 'conv', x, 192, { kernel: 3, padding: 1 }))));
    await buildFolder(net);
  });

  const onThreads = (threads: number): Promise<SimReport> =>
    simulated(['build/net', '--threads', String(threads), '--schedule', 'static'], net);

  test('what several of a cluster read at the same time comes from memory about once', async () => {
    const [alone, four] = [await onThreads(1), await onThreads(4)];
    expect(alone.total.memory.dramBytes).toBeGreaterThan(1.3e6);
    expect(four.total.memory.dramBytes).toBeLessThan(1.75 * alone.total.memory.dramBytes);
  });

  test('every run is the same but for a few instructions around locks', async () => {
    const [one, other] = [await onThreads(3), await onThreads(3)];
    expect(other.total.cycles / one.total.cycles).toBeCloseTo(1, 4);
    expect(other.total.memory.dramBytes / one.total.memory.dramBytes).toBeCloseTo(1, 4);
  });
});
