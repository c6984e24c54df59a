import { compileGraph, lower } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, GraphBuilder, tensorType, zeros } from '@ait-rvv/ir';
import { layersOf, measuredChoice, MeasuredCosts, openCache, pickSetting } from '@ait-rvv/tuning';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSql } from '../../../packages/tuning/dist/cache/sql-driver.js';
import { offeredChoices } from '../../../packages/tuning/dist/layers/candidates.js';
import { kernelVersion } from '../../../packages/tuning/dist/layers/layer.js';
import { mutateBytes } from '../mutate/bytes.mjs';
import { mutateJson } from '../mutate/json.mjs';
import { databaseMutator } from '../mutate/sqlite.mjs';

const sql = await findSql();
const backend = rvvBackend();
const SOURCE = { model: 'net.onnx', sha256: '', shapes: {} };
const COLUMNS = [
  ...['key', 'layer', 'dtype', 'sparsity', 'kernel', 'parameters', 'kernel_version', 'device', 'device_version'],
  ...['vlen', 'threads', 'clock', 'compiler', 'status', 'cost', 'unit', 'detail'],
];

/** Measurements in lines of text, as `tune` writes them without SQLite. @type {import('./index.mjs').Format} */
export const tuningLines = {
  seeds: () => files('tuning.jsonl'),
  mutate: (bytes, dice, other) => (dice.once(3) ? mutateBytes(bytes, dice, other) : mutateLines(bytes, dice)),
  prepare: (folder) => reader(join(folder, 'tuning.jsonl')),
};

/** Measurements in an SQLite database. @type {import('./index.mjs').Format} */
export const tuningDatabase = {
  seeds: () => files('tuning.db'),
  mutate(bytes, dice, other) {
    // Without SQLite the file is one of lines, too.
    if (sql === undefined || dice.once(3)) return mutateBytes(bytes, dice, other);
    return databaseMutator(sql, 'measurement', COLUMNS)(bytes, dice);
  },
  prepare: (folder) => reader(join(folder, 'tuning.db')),
};

/** One line is damaged as the JSON value it is. */
function mutateLines(bytes, dice) {
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
  const at = dice.below(lines.length);
  lines[at] = mutateJson(JSON.parse(lines[at]), dice);
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** Reads measurements and compiles by them, as `compile --tuning` does; then adds one, as `tune` does. */
function reader(path) {
  const graph = convolution();
  const lowered = lower(graph, backend);
  return async (bytes) => {
    for (const beside of ['-wal', '-shm', '-journal']) rmSync(`${path}${beside}`, { force: true });
    writeFileSync(path, bytes);
    const { measurements } = pickSetting(await allOf(path), { threads: 1, march: backend.target.march });
    compileGraph(graph, backend, {
      name: 'net',
      source: SOURCE,
      embed: false,
      choose: measuredChoice(measurements, backend),
    });
    new MeasuredCosts(measurements, lowered, backend).bestTileRows(0.5);
    const cache = await openCache(path, 'write');
    try {
      cache.append(measurements.slice(0, 1));
    } finally {
      cache.close();
    }
  };
}

async function allOf(path) {
  const cache = await openCache(path, 'read');
  try {
    return cache.all();
  } finally {
    cache.close();
  }
}

/** Files of that name that `tune` might have written: one of nothing, one of a layer's choices and a failed one. */
async function files(name) {
  const folder = mkdtempSync(join(tmpdir(), 'ait-fuzz-'));
  try {
    const made = [];
    for (const [index, lists] of [[[]], measured()].entries()) {
      const path = join(folder, `${index}-${name}`);
      const cache = await openCache(path, 'write');
      for (const list of lists) cache.append(list);
      cache.close();
      made.push(Uint8Array.from(readFileSync(path)));
    }
    return made;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measurements as two appends write them; the costs mean nothing. */
function measured() {
  const [layer] = layersOf(lower(convolution(), backend)).filter(({ node }) => node.op === conv2d);
  const all = offeredChoices(layer, backend)
    .slice(0, 6)
    .map(({ candidate }, index) => ({
      ...{ layer: layer.text, sparsity: layer.sparsity, dtype: 'f32', kernel: candidate.kernel },
      ...{ parameters: candidate.parameters, kernelVersion: kernelVersion(candidate) },
      device: { name: 'sim:core', version: '1-0', vlen: 256, threads: 1, clock: 'modelled' },
      compiler: `clang -march=${backend.target.march} -O3`,
      ...(index === 3
        ? { status: 'failed', cost: null, unit: 'cycles', detail: 'its result is off' }
        : { status: 'ok', cost: 1000 - 10 * index, unit: 'cycles', detail: 'whole' }),
    }));
  return [all.slice(0, 4), [...all.slice(4), { ...all[0], sparsity: '32:64/14' }]];
}

/** A network of one layer. */
function convolution() {
  const builder = new GraphBuilder('net');
  const x = builder.input('x', tensorType('f32', [1, 4, 5, 5]));
  const w = builder.constant('w', zeros('f32', [8, 4, 3, 3]));
  const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, epilogue: [{ kind: 'relu' }] };
  builder.output('y', builder.apply(conv2d, [x, w], attrs, { name: 'conv' }));
  return builder.build();
}
