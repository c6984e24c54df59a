import { RemoteError, createExecutor, defaultCacheDir, parseDevice, type Toolchain } from '@ait-rvv/remote';
import {
  KnownResults,
  LayerSearch,
  layersOf,
  openCache,
  simDevice,
  tryChoices,
  tuneLayers,
  Workshop,
  type Choice,
  type Layer,
  type TrialContext,
  type TrialDevice,
} from '@ait-rvv/tuning';
import { lower, RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, GraphBuilder, isOp, tensorType } from '@ait-rvv/ir';
import { readNpz, writeNpz } from '@ait-rvv/ir/weights';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { randomTensor } from '../src/trial/trial-graph.js';
import { backend, convolution, lowered } from './network.js';

const scratch = scratchFolder();
const device = parseDevice('sim:spacemit-x60');
let tools: Toolchain;
let sim: TrialDevice;

beforeAll(async () => {
  tools = await toolchain();
  if (device.kind !== 'sim') throw new Error('a simulated core');
  const executor = await createExecutor(device, {
    env: process.env,
    cacheDir: defaultCacheDir(process.env),
    toolchain,
  });
  sim = simDevice(executor, device, { threads: 1, slots: 2 });
});

function convolutionOf(ratio?: string): Layer {
  const layer = layersOf(lowered(convolution(), ratio)).find(({ node }) => isOp(node, conv2d));
  if (layer === undefined) throw new Error('there is a convolution');
  return layer;
}

/** What trials need, with a device or compiler in place of the usual one. */
function context(
  changes: { readonly device?: TrialDevice; readonly compiler?: string; readonly signal?: AbortSignal } = {},
): TrialContext {
  const folder = mkdtempSync(join(scratch, 'workshop-'));
  const signal = changes.signal ?? new AbortController().signal;
  const own = changes.compiler === undefined ? {} : { compiler: changes.compiler };
  const workshop = new Workshop({
    folder,
    toolchain: tools,
    march: 'rv64gcv',
    jobs: 2,
    env: process.env,
    signal,
    ...own,
  });
  return { backend, workshop, device: changes.device ?? sim, scratch, mostWork: 1e6, signal };
}

/** Convolutions between which pictures lie on a pitch, and in its phases. */
function pitchedLayers(): readonly Layer[] {
  const builder = new GraphBuilder('pitched');
  let value = builder.input('x', tensorType('f32', [1, 8, 40, 40]));
  for (const [name, stride] of [
    ['a', 1],
    ['b', 1],
    ['c', 2],
    ['d', 1],
  ] as const) {
    const weight = builder.constant(`${name}.w`, randomTensor({ shape: [8, 8, 3, 3] }, name));
    const around = { strides: [stride, stride], pads: [1, 1, 1, 1], dilations: [1, 1] } as const;
    value = builder.apply(conv2d, [value, weight], { ...around, groups: 1, epilogue: [] }, { name });
  }
  builder.output('y', value);
  return layersOf(lower(builder.build(), rvvBackend(RV64GCV, { pitch: 0 })));
}

function choicesOf(layer: Layer, count: number): readonly Choice[] {
  const search = new LayerSearch(layer, backend, NOTHING_KNOWN, count);
  // Where rows are dealt out evenly, tiles of several heights may come to the same kernel.
  const byKernel = new Map(search.offered.map((choice) => [choice.candidate.emit().sources[0]?.symbol, choice]));
  return [...byKernel.values()].slice(0, count);
}

const setting = {
  device: { name: 'sim:x', version: '1', vlen: 256, threads: 1, clock: '' },
  compiler: 'c',
  unit: 'cycles',
} as const;
const NOTHING_KNOWN = new KnownResults(
  { path: '', all: () => [], append: () => undefined, close: () => undefined },
  setting,
);

describe('trials on a simulated core', () => {
  test.each([undefined, '0.5'])('choices are right, and cost the same every time; ratio %s', async (ratio) => {
    const layer = convolutionOf(ratio);
    const choices = choicesOf(layer, 3);
    const first = await tryChoices(layer, choices, context());
    expect(first.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(first.every((one) => one.status === 'ok' && (one.memory?.l1Misses ?? 0) > 0)).toBe(true);
    expect(await tryChoices(layer, choices, context())).toEqual(first);
  });

  test('Winograd kernels are choices of a backend that has them, and a sample of them is right', async () => {
    const winograd = rvvBackend(RV64GCV, { winograd: true });
    const layer = layersOf(lower(convolution(20, 24), winograd)).find(({ node }) => isOp(node, conv2d));
    if (layer === undefined) throw new Error('there is a convolution');
    const choices = new LayerSearch(layer, winograd, NOTHING_KNOWN, 99).offered.filter(
      ({ candidate }) => candidate.kernel === 'winograd' && candidate.parameters['t'] === 14,
    );
    expect(choices).toHaveLength(4);
    const results = await tryChoices(layer, choices, { ...context(), backend: winograd });
    expect(results.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('layers on a pitch and in its phases are right, whole and as a sample', async () => {
    const layers = pitchedLayers();
    const texts = layers.map(({ text }) => text.replace(/^.*, const/, ''));
    expect(texts.filter((text) => text.endsWith('cnhw+1x2'))).toHaveLength(1);
    for (const layer of layers) {
      const choices = choicesOf(layer, 2);
      for (const mostWork of [1e7, 1e3]) {
        const results = await tryChoices(layer, choices, { ...context(), mostWork });
        expect(results.map(({ status, detail }) => ({ status, detail: status === 'ok' ? '' : detail }))).toEqual(
          choices.map(() => ({ status: 'ok', detail: '' })),
        );
      }
    }
  });

  test('a choice whose numbers are wrong never gets a cost', async () => {
    const layer = convolutionOf();
    const choices = choicesOf(layer, 3);
    const spoiling: TrialDevice = {
      ...sim,
      compute: async (request) => {
        const run = await sim.compute(request);
        const path = join(request.folder, 'output.npz');
        const tensors = readNpz(readFileSync(path), () => new Uint8Array());
        const wrong = tensors.get('y1')?.data as Float32Array;
        wrong[7] = (wrong[7] as number) + 1;
        writeFileSync(path, writeNpz(tensors));
        return run;
      },
    };
    const results = await tryChoices(layer, choices, context({ device: spoiling }));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
    expect(results[1]?.detail).toMatch(/^its result is off by/);
  });

  test('a compiler that refuses one kernel, or dies on it', async () => {
    const layer = convolutionOf();
    const choices = choicesOf(layer, 3);
    const [, second] = choices.map(({ candidate }) => candidate.emit().sources[0]?.symbol ?? '');
    for (const end of ['echo "error: no such thing" >&2; exit 1', 'kill -9 $$']) {
      const script = join(scratch, 'cc.sh');
      writeFileSync(
        script,
        `#!/bin/sh\ncase "$*" in *${second ?? ''}.c) ${end};; esac\nexec ${tools.compiler.join(' ')} "$@"\n`,
      );
      chmodSync(script, 0o755);
      const results = await tryChoices(layer, choices, context({ compiler: script }));
      expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
      expect(results[1]?.detail).toMatch(/^the C compiler refused it: /);
    }
  });

  test('a program that one choice crashes tells of the others', async () => {
    const layer = convolutionOf();
    const choices = choicesOf(layer, 3);
    const crashing: TrialDevice = {
      ...sim,
      compute: async (request) => {
        // The second choice is in a program that has it as second, or alone.
        const source = readFileSync(join(request.folder, 'build/trial'));
        const symbol = choices[1]?.candidate.emit().sources[0]?.symbol ?? '';
        if (source.includes(`${symbol}__rvv`)) throw new RemoteError('device-failed', 'the program failed (SIGSEGV)');
        return sim.compute(request);
      },
    };
    const results = await tryChoices(layer, choices, context({ device: crashing }));
    expect(results.map(({ status }) => status)).toEqual(['ok', 'failed', 'ok']);
    expect(results[1]?.detail).toMatch(/SIGSEGV/);
  });

  test('a device that runs nothing is not taken for bad choices', async () => {
    const layer = convolutionOf();
    const dead: TrialDevice = {
      ...sim,
      compute: () => Promise.reject(new RemoteError('device-failed', 'no such file')),
    };
    await expect(tryChoices(layer, choicesOf(layer, 2), context({ device: dead }))).rejects.toThrow(
      /runs no trial program/,
    );
  });

  test('a device that disappears: the error is told, what was measured is kept, and tuning goes on from there', async () => {
    const graph = lowered(convolution());
    const path = join(scratch, 'gone.db');
    let runs = 0;
    const leaving: TrialDevice = {
      ...sim,
      compute: (request) =>
        ++runs > 1 ? Promise.reject(new RemoteError('device-unknown', 'the board is gone')) : sim.compute(request),
    };
    const tune = async (own: TrialDevice) => {
      const cache = await openCache(path, 'write');
      const trial = context({ device: own });
      const options = {
        ...{ backend, slots: 1, signal: trial.signal, budget: { choices: 9, time: Infinity } },
        results: new KnownResults(cache, { device: own.fingerprint, compiler: 'c', unit: own.unit }),
        tryChoices: (layer: Layer, choices: readonly Choice[]) => tryChoices(layer, choices, trial),
      };
      return tuneLayers(layersOf(graph), options).finally(() => cache.close());
    };
    await expect(tune(leaving)).rejects.toThrow('the board is gone');
    const cache = await openCache(path, 'read');
    const kept = cache.all().length;
    cache.close();
    expect(kept).toBeGreaterThan(0);
    const { measured, unfinished } = await tune(sim);
    const after = await openCache(path, 'read');
    expect(after.all()).toHaveLength(kept + measured);
    after.close();
    expect(unfinished).toBe(0);
  });

  test('a full disk is no fault of a choice', async () => {
    const layer = convolutionOf();
    const script = join(scratch, 'full.sh');
    writeFileSync(script, '#!/bin/sh\necho "fatal error: cannot write: No space left on device" >&2\nexit 1\n');
    chmodSync(script, 0o755);
    await expect(tryChoices(layer, choicesOf(layer, 2), context({ compiler: script }))).rejects.toThrow(
      /the disk is full/,
    );
  });
});

test('trials leave no folders behind', () => {
  expect(readdirSync(scratch).filter((name) => name.startsWith('trial-'))).toEqual([]);
});
