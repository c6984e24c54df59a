import {
  createExecutor,
  defaultCacheDir,
  loadCore,
  parseDevice,
  peakMultiplyAdds,
  runProcess,
  simulateRun,
} from '@ait-rvv/remote';
import { root as runtime } from '@ait-rvv/runtime';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { KERNELS } from './kernels.mjs';
import { instructions, LOOPS, SCALAR_LOOPS, UNROLL } from './loops.mjs';
import { OVERLAP, overlapLines } from './overlap.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const templates = new nunjucks.Environment(new nunjucks.FileSystemLoader(here), {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});
const ROUNDS = 200;

/** Programs in a folder of their own, built with a toolchain and run on simulated cores. */
export class Bench {
  constructor(toolchain, env) {
    this.toolchain = toolchain;
    this.env = env;
    this.folder = mkdtempSync(join(tmpdir(), 'ait-simulator-'));
  }

  close() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Cycles of every micro loop on a core, per instruction: [{ name, lmul, cycles }]. */
  async loops(core) {
    const vector = LOOPS.flatMap((loop) => [1, 2, 4, 8].map((lmul) => ({ loop, lmul })));
    const rows = [
      ...vector
        .filter(({ loop, lmul }) => fits(loop, lmul))
        .map(({ loop, lmul }) => ({ loop, lmul, lines: lines(loop, lmul) })),
      ...SCALAR_LOOPS.map((loop) => ({ loop, lmul: 0, lines: instructions(loop.text, 1) })),
    ];
    const layers = await this.steps(
      'loops',
      core,
      rows.map((row) => ({ ...row, avl: row.loop.vl ?? 4096 })),
    );
    return rows.map(({ loop, lmul, lines: { length } }, i) => ({
      name: loop.name,
      lmul,
      cycles: round(layers[i].cycles / (ROUNDS * UNROLL * length)),
    }));
  }

  /** Cycles per step of the matrix multiplication's inner loops, and the share of the vector unit's peak. */
  async overlap(name) {
    const { core } = loadCore(name);
    const rows = OVERLAP.map((loop) => ({ lines: overlapLines(loop), lmul: loop.lmul, avl: 4096 }));
    const layers = await this.steps('overlap', name, rows);
    return OVERLAP.map((loop, i) => {
      const cycles = layers[i].cycles / (ROUNDS * UNROLL * (loop.ahead ? 2 : 1));
      return {
        ...loop,
        cycles: round(cycles),
        share: round((loop.rows * loop.lmul * core.vlen) / 32 / (cycles * peakMultiplyAdds(core))),
      };
    });
  }

  /** Bytes per cycle of the published kernels. */
  async kernels(core) {
    const room = Math.max(...KERNELS.map(({ bytes }) => bytes)) + 4096;
    await this.assemble('kernels', 'kernels.S.njk', { kernels: KERNELS, room });
    const { layers } = await this.run(core, 'kernels');
    return KERNELS.map(({ name, lmul, level, bytes }, i) => {
      const { cycles } = layers.find(({ step }) => step === 2 * i + 1);
      return { name, lmul, level, bytesPerCycle: round((2 * bytes) / cycles) };
    });
  }

  /** Share of peak of a matrix multiplication in the manner of OpenBLAS. */
  async sgemm(core) {
    const peak = peakMultiplyAdds(loadCore(core).core);
    const { compiler, linkFlags, env } = this.toolchain;
    const source = join(here, 'sgemm.c');
    const argv = [
      ...compiler,
      ...linkFlags,
      '-march=rv64gcv',
      '-O3',
      '-I',
      join(runtime, 'include'),
      source,
      '-o',
      'sgemm',
    ];
    await this.build([...argv], env);
    const { total } = await this.run(core, 'sgemm');
    return round(512 ** 3 / (total.cycles * peak));
  }

  /** The report's layers of one program that holds all loops, each as a step; the frame around them aside. */
  async steps(name, core, loops) {
    await this.assemble(name, 'loops.S.njk', { loops, unroll: UNROLL, rounds: ROUNDS });
    const { layers } = await this.run(core, name);
    return layers.filter(({ step }) => step !== null);
  }

  async assemble(name, template, parameters) {
    writeFileSync(join(this.folder, `${name}.s`), templates.render(template, parameters));
    const { compiler, linkFlags, env } = this.toolchain;
    await this.build([...compiler, ...linkFlags, '-march=rv64gcv', '-nostdlib', `${name}.s`, '-o', name], env);
  }

  async build(argv, env) {
    const { exitCode, stderr } = await runProcess(argv, { cwd: this.folder, env: { ...this.env, ...env } });
    if (exitCode !== 0) throw new Error(stderr);
  }

  async run(core, program) {
    const context = { env: this.env, cacheDir: defaultCacheDir(this.env), toolchain: () => this.toolchain };
    const executor = await createExecutor(parseDevice(`sim:${core}`), context);
    const workspace = await executor.open(this.folder);
    try {
      return await simulateRun(workspace, [program]);
    } finally {
      await workspace.close();
      await executor.close();
    }
  }
}

/** Segments of n fields need n groups of at most 8 registers in all. */
function fits({ text }, lmul) {
  const fields = Number(/seg(\d)/.exec(text)?.[1] ?? 1);
  return fields * lmul <= 8;
}

function lines(loop, lmul) {
  return instructions(loop.text, lmul);
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

/** Reads the recorded results; undefined when there are none yet. */
export function recordedResults() {
  try {
    return JSON.parse(readFileSync(join(here, 'results.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

export const RESULTS = join(here, 'results.json');
