import type { Graph, Value } from '@ait-rvv/ir';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { writeNpz } from '@ait-rvv/ir/weights';
import { INSTRUCTION_CLASSES, type ClassCounts } from '@ait-rvv/remote';

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { readTensors, toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { relativeError } from '../../../tools/testing/tensors.js';
import { commandLine, shortened } from './command-line.js';

const example = (name: string): URL => new URL(`../../../examples/digits/${name}`, import.meta.url);
const scratch = scratchFolder();
const model = join(scratch, 'digits.onnx');
const folder = join(scratch, 'digits');

beforeAll(async () => {
  copyFileSync(example('digits.onnx'), model);
  const outcome = await commandLine(['compile', model, '--shape', 'image:4,1,32,32', '-o', folder]);
  expect(outcome.exitCode).toBe(0);
  expect(outcome.stderr).toMatch(/: 14 layers, weights [0-9.]+ MB, arena [0-9.]+ MB \(at least [0-9.]+ MB\)\n$/);
});

describe('compile, run, verify', () => {
  test('the program classifies like ONNX Runtime', async () => {
    const pictures = readTensors(example('digits-test.npz').pathname).get('image');
    if (pictures === undefined) throw new Error('no pictures');
    const batch = new Map([['image', { ...pictures, shape: [4, 1, 32, 32], data: pictures.data.slice(0, 4 * 1024) }]]);
    writeFileSync(join(scratch, 'in.npz'), writeNpz(batch));
    const outcome = await commandLine([
      'run',
      folder,
      '--input',
      join(scratch, 'in.npz'),
      '--output',
      join(scratch, 'out.npz'),
      '--threads',
      '2',
    ]);
    expect(outcome.exitCode).toBe(0);
    const expected = await runOnnxRuntime(model, batch);
    expect(relativeError(readTensors(join(scratch, 'out.npz')).get('logits'), expected.get('logits'))).toBeLessThan(
      1e-5,
    );
  });

  test.each([128, 1024])('verify passes with every layer at VLEN %i', async (vlen) => {
    const outcome = await commandLine([
      'verify',
      folder,
      '--device',
      `qemu:vlen=${vlen},poison=true`,
      '--layers',
      '--json',
    ]);
    expect(outcome.exitCode).toBe(0);
    const report = JSON.parse(outcome.stdout) as {
      passed: boolean;
      layers: { name: string }[];
      outputs: { error: number; largest: number }[];
    };
    expect(report.passed).toBe(true);
    expect(report.layers.length).toBeGreaterThanOrEqual(12);
    expect(report.outputs.every(({ error, largest }) => error <= 1e-4 * largest)).toBe(true);
  });

  test('verify fails and names the layer when one weight was changed before packing', async () => {
    const graph = importOnnx(readFileSync(model), { shapes: new Map([['image', [4, 1, 32, 32]]]) });
    const broken = join(scratch, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'digits.onnx'), exportOnnx(changeOneWeight(graph, 3)));
    const target = join(broken, 'out');
    expect((await commandLine(['compile', join(broken, 'digits.onnx'), '-o', target])).exitCode).toBe(0);
    // The manifest of the true model over the program of the changed one: what a packing bug would look like.
    writeFileSync(join(target, 'manifest.json'), readFileSync(join(folder, 'manifest.json')));
    const { exitCode, stderr } = await commandLine(['verify', target]);
    expect(exitCode).toBe(1);
    const layer = (
      JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { layers: { text: string; op: string }[] }
    ).layers.filter((one) => one.op === 'conv2d')[3];
    expect(stderr).toContain(`error: output "logits" differs from the reference: largest difference `);
    expect(stderr).toContain(`note: the first layer that diverges is ${layer?.text ?? '?'}: largest difference`);
  });

  test('a changed weights.bin is refused at load', async () => {
    const damaged = join(scratch, 'damaged');
    cpSync(folder, damaged, { recursive: true });
    const bytes = readFileSync(join(damaged, 'weights.bin'));
    bytes[5000] = (bytes[5000] ?? 0) ^ 4;
    writeFileSync(join(damaged, 'weights.bin'), bytes);
    const { exitCode, stderr } = await commandLine(['verify', damaged]);
    expect({ exitCode, stderr: shortened(stderr, damaged) }).toEqual({
      exitCode: 2,
      stderr: 'error: …/build/../weights.bin: the weights file is damaged or belongs to another model\n',
    });
  });

  test('verify refuses another model than the one that was compiled', async () => {
    const other = join(scratch, 'other.onnx');
    writeFileSync(other, readFileSync(model).subarray(0, -1));
    const { exitCode } = await commandLine(['verify', folder, '--model', other]);
    expect(exitCode).toBe(2);
  });

  test('an unknown device', async () => {
    expect(await commandLine(['run', folder, '--device', 'qemu:vlen=100'])).toEqual({
      exitCode: 6,
      stdout: '',
      stderr: 'error: qemu has no setting "vlen=100"\nhint: settings are vlen=128|256|512|1024 and poison=true|false\n',
    });
  });
});

/** Adds to one element of the n-th convolution's weight. */
function changeOneWeight(graph: Graph, index: number): Graph {
  const weight = graph.nodes.filter((node) => node.op.kind === 'conv2d')[index]?.inputs[1];
  const values = graph.values.map((value): Value => {
    if (value.id !== weight || value.constant?.kind !== 'dense') return value;
    const data = Float32Array.from(value.constant.tensor.data as Float32Array);
    data[5] = (data[5] ?? 0) + 1;
    return { ...value, constant: { kind: 'dense', tensor: { ...value.constant.tensor, data } } };
  });
  return { ...graph, values };
}

describe('bench', () => {
  const counts = async (...more: string[]): Promise<Record<string, unknown>> => {
    const outcome = await commandLine(['bench', folder, '--json', ...more]);
    expect(outcome.exitCode).toBe(0);
    // Resident memory is the emulator's and varies.
    const { memory: _, ...report } = JSON.parse(outcome.stdout) as Record<string, unknown>;
    return report;
  };

  test('counts are the same in every run', async () => {
    expect(await counts()).toEqual(await counts());
  });

  test('up to the vector length it is tuned for a program needs fewer instructions; the room for multiply-adds covers what is needed', async () => {
    const [narrow, wide] = [await counts('--device', 'qemu:vlen=128'), await counts('--device', 'qemu:vlen=256')];
    type Total = { instructions: number; vectorMultiplyAdds: number; multiplyAdds: number };
    const [a, b] = [narrow['total'] as Total, wide['total'] as Total];
    expect(b.instructions).toBeLessThan(0.75 * a.instructions);
    // The first product of a depthwise window is a plain multiplication.
    expect(a.vectorMultiplyAdds).toBeGreaterThanOrEqual(0.99 * a.multiplyAdds);
  });

  test('a regression against a baseline fails', async () => {
    const baseline = join(scratch, 'baseline.json');
    const report = await counts();
    writeFileSync(baseline, JSON.stringify(report));
    expect((await commandLine(['bench', folder, '--baseline', baseline])).exitCode).toBe(0);
    const total = report['total'] as { instructions: number };
    writeFileSync(baseline, JSON.stringify({ ...report, total: { ...total, instructions: total.instructions / 2 } }));
    const { exitCode, stderr } = await commandLine(['bench', folder, '--baseline', baseline]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: the number of instructions went from [0-9,]+ to [0-9,]+ \(100\.0% more\)\n$/);
  });
});

describe('a simulated core', () => {
  const report = async (...more: string[]): Promise<Record<string, unknown>> => {
    const outcome = await commandLine(['bench', folder, '--device', 'sim:spacemit-x60', '--json', ...more]);
    expect(outcome.exitCode).toBe(0);
    return JSON.parse(outcome.stdout) as Record<string, unknown>;
  };
  interface Figures {
    readonly multiplyAdds: number;
    readonly cycles: number;
    readonly instructions: number;
    readonly classes: ClassCounts;
    readonly vectorSpills: number;
    readonly shareOfPeak: number;
    readonly memory: Readonly<Record<'l1Misses' | 'l2Misses' | 'l2Bytes' | 'dramBytes', number>>;
  }

  test('knows the cycles of every layer, which add up', async () => {
    const found = await report();
    const [total, layers] = [found['total'] as Figures, found['layers'] as Figures[]];
    const all = [...layers, found['outsideLayers'] as Figures];
    expect(layers).toHaveLength(14);
    const figures: ((f: Figures) => number)[] = [
      ...[(f: Figures) => f.multiplyAdds, (f: Figures) => f.cycles, (f: Figures) => f.instructions],
      ...[(f: Figures) => f.vectorSpills, (f: Figures) => f.memory.l1Misses, (f: Figures) => f.memory.l2Misses],
      ...[(f: Figures) => f.memory.l2Bytes, (f: Figures) => f.memory.dramBytes],
      ...INSTRUCTION_CLASSES.map((name) => (f: Figures) => f.classes[name]),
    ];
    for (const of of figures) expect(all.reduce((sum, layer) => sum + of(layer), 0)).toBe(of(total));
    for (const { classes, instructions } of all) {
      expect(Object.values(classes).reduce((sum, count) => sum + count, 0)).toBe(instructions);
    }
    expect(layers.every(({ shareOfPeak }) => shareOfPeak >= 0 && shareOfPeak <= 1)).toBe(true);
    expect(found['device']).toBe('sim:spacemit-x60');
    expect(found['model']).toEqual({
      core: 'SpacemiT X60',
      version: expect.stringMatching(/^\d+-[0-9a-f]{12}$/) as string,
    });
  });

  test('two inferences are measured as one', async () => {
    const [once, twice] = [await report(), await report('--iterations', '2')];
    const cycles = (found: Record<string, unknown>): number => (found['total'] as Figures).cycles;
    expect(Math.abs(cycles(twice) / cycles(once) - 1)).toBeLessThan(0.001);
  });

  test('knows what every thread took of a layer, which is no more than the layer', async () => {
    type Layer = Figures & { threadCycles: number[] };
    const found = await report('--threads', '3');
    const [layers, perThread] = [found['layers'] as Layer[], found['perThread'] as { cycles: number }[]];
    for (const { cycles, threadCycles } of layers) {
      expect(threadCycles).toHaveLength(3);
      expect(cycles).toBeGreaterThanOrEqual(Math.max(...threadCycles));
    }
    const sums = [0, 1, 2].map((thread) => layers.reduce((sum, one) => sum + (one.threadCycles[thread] ?? 0), 0));
    // What lies outside all layers is little.
    sums.forEach((sum, thread) => expect(sum / (perThread[thread]?.cycles ?? 0)).toBeGreaterThan(0.95));
  });

  test('shows them in a table, and two threads each with their own', async () => {
    const outcome = await commandLine(['bench', folder, '--device', 'sim:c908', '--threads', '2']);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toMatch(/^digits on sim:c908 \(T-Head C908, model [^)]+\), 2 threads, per inference\n/);
    expect(outcome.stdout).toMatch(/\ncycles: [0-9,]+, [0-9.]+% of peak; issue /);
    expect(outcome.stdout).toMatch(/\ncycles by thread: 0: [0-9,]+, 1: [0-9,]+\n/);
    const columns = ['layer', 'kernel', 'multiply-adds', 'cycles', 'share', 'peak', 'instructions', 'filled'];
    columns.push('L1 misses', 'L2 misses', 'from L2', 'memory', 'spills');
    expect(outcome.stdout).toMatch(new RegExp(`\n${columns.join(' +')}\n`));
    const families = ['scalar', 'scalar loads', 'scalar stores', 'branches', 'vset', 'vector loads', 'vector stores'];
    families.push('vector multiply-adds', 'other vector');
    const [, body = ''] = outcome.stdout.split(new RegExp(`\ninstructions of layer +${families.join(' +')}\n[- ]+\n`));
    const rows = body
      .trim()
      .split('\n')
      .map((row) => row.split(/ {2,}/).slice(1));
    const counted = rows.flat().reduce((sum, cell) => sum + Number(cell.replaceAll(',', '')), 0);
    const [, all = ''] = /\nall +([0-9,]+) +100.0%\n/.exec(outcome.stdout) ?? [];
    expect(counted).toBe(Number(all.replaceAll(',', '')));
  });

  test('runs and verifies like any emulated device', async () => {
    expect((await commandLine(['verify', folder, '--device', 'sim:x280'])).exitCode).toBe(0);
  });

  test('regresses by cycles, and not against another model', async () => {
    const baseline = join(scratch, 'cycles.json');
    const found = await report();
    const write = (change: object): void => writeFileSync(baseline, JSON.stringify({ ...found, ...change }));
    const compare = () => commandLine(['bench', folder, '--device', 'sim:spacemit-x60', '--baseline', baseline]);
    write({ total: { ...(found['total'] as Figures), cycles: (found['total'] as Figures).cycles / 2 } });
    const slower = await compare();
    expect([slower.exitCode, slower.stderr]).toEqual([
      1,
      expect.stringMatching(/^error: the number of cycles went from [0-9,]+ to [0-9,]+ \(100\.0% more\)\n$/) as string,
    ]);
    write({ model: { core: 'SpacemiT X60', version: '0-0' } });
    expect(await compare()).toMatchObject({
      exitCode: 2,
      stderr: 'error: the baseline was measured with another version of the core model\nhint: measure it again\n',
    });
  });

  test('that nobody has described', async () => {
    expect(await commandLine(['run', folder, '--device', 'sim:x61'])).toMatchObject({
      exitCode: 6,
      stderr:
        'error: there is no core "x61"\nhint: cores are c908, spacemit-x60, x280, or the path of a core file, sim:FILE.json\n',
    });
  });
});

describe('other forms of the output', () => {
  test('--emit c needs no compiler, --emit lib makes a shared library', async () => {
    const sources = join(scratch, 'sources');
    expect(
      (
        await commandLine(['compile', model, '--shape', 'image:1,1,32,32', '--emit', 'c', '-o', sources], {
          PATH: '',
          HOME: scratch,
        })
      ).exitCode,
    ).toBe(0);
    expect(existsSync(join(sources, 'build'))).toBe(false);
    const library = join(scratch, 'library');
    expect(
      (await commandLine(['compile', model, '--shape', 'image:1,1,32,32', '--emit', 'lib', '-o', library])).exitCode,
    ).toBe(0);
    expect(existsSync(join(library, 'build/libdigits.so'))).toBe(true);
  });

  test('--embed runs without weights.bin', async () => {
    const embedded = join(scratch, 'embedded');
    expect(
      (await commandLine(['compile', model, '--shape', 'image:1,1,32,32', '--embed', '-o', embedded])).exitCode,
    ).toBe(0);
    writeFileSync(join(embedded, 'weights.bin'), '');
    expect((await commandLine(['verify', embedded])).exitCode).toBe(0);
  });

  test('doctor finds everything', async () => {
    await toolchain();
    const { exitCode, stdout } = await commandLine(['doctor', '--json']);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { complete: boolean }).complete).toBe(true);
  });

  test('inspect and optimize', async () => {
    const shape = ['--shape', 'image:1,1,32,32'];
    const why = await commandLine(['inspect', model, ...shape, '--why']);
    expect(why.exitCode).toBe(0);
    expect(why.stdout).toContain('  gemm: no, the kernel is 3x3, not 1x1');
    const dot = join(scratch, 'graph.dot');
    expect((await commandLine(['inspect', model, ...shape, '--dot', dot])).exitCode).toBe(0);
    expect(readFileSync(dot, 'utf8')).toMatch(/^digraph \{/);
    const optimized = join(scratch, 'optimized.onnx');
    expect(
      (await commandLine(['optimize', model, ...shape, '-o', optimized, '--dump-ir', join(scratch, 'passes')]))
        .exitCode,
    ).toBe(0);
    expect(existsSync(join(scratch, 'passes/00-import.air'))).toBe(true);
    const graph = importOnnx(readFileSync(optimized));
    expect(graph.inputs).toHaveLength(1);
  });
});
