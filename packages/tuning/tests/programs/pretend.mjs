import { defineKernel, RV64GCV } from '@ait-rvv/codegen-core';
import { GraphBuilder, elementwise, tensorType } from '@ait-rvv/ir';
import { distinctLayers, KnownResults, layerId, openCache, tuneLayers } from '@ait-rvv/tuning';
import { appendFileSync } from 'node:fs';

// Tunes made-up layers for a made-up kernel on a device that makes costs up: always the same for the same choice, some of
// them failing. Writes down every choice it measures although the cache, as it was at the start, knows it; and prints the
// best ones.
const [path, log, pause] = process.argv.slice(2);
const LAYERS = 12;
const source = {
  symbol: 's',
  argsType: 'a',
  header: 'h',
  scratchParameters: 0,
  files: new Map([['k.c', 'k']]),
  rvv: 'k.c',
  scalar: 'k.c',
};

const kernel = defineKernel({
  id: 'made_up',
  match: (node) => ({ node }),
  candidates: () => [1, 2, 4, 7, 8, 14].flatMap((t) => [1, 2, 4].map((l) => ({ t, l, block: 64 }))),
  variations: (_, one) => [32, 128].map((block) => ({ ...one, block })),
  cost: (_, { t, l }) => 1e6 / t + 1e5 * l,
  emit: (_, parameters) => ({
    kernel: 'made_up',
    parameters,
    calls: [],
    sources: [source],
    scratch: [],
    weights: [],
    inPlace: [],
  }),
});
const backend = { id: 'made_up', target: RV64GCV, kernels: [kernel] };

function network() {
  const builder = new GraphBuilder('net');
  for (let i = 1; i <= LAYERS; i++) {
    const x = builder.input(`x${i}`, tensorType('f32', [i, 8]));
    builder.output(`y${i}`, builder.apply(elementwise, [x], { epilogue: [{ kind: 'relu' }] }));
  }
  return builder.build();
}

function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return value >>> 0;
}

const cache = await openCache(path, 'write');
const device = { name: 'pretended', version: '1', vlen: 256, threads: 1, clock: '' };
const results = new KnownResults(cache, { device, compiler: 'none', unit: 'cycles' });
const before = new KnownResults(cache, { device, compiler: 'none', unit: 'cycles' });

async function tryChoices(layer, choices) {
  for (const choice of choices) {
    if (before.get(layer, choice) !== undefined) appendFileSync(log, `${layerId(layer)} ${choice.text}\n`);
  }
  await new Promise((resolve) => setTimeout(resolve, Number(pause)));
  return choices.map(({ text, candidate }) => {
    const number = hash(`${layerId(layer)} ${text}`);
    if (number % 10 === 0) return { status: 'failed', detail: 'made up' };
    return { status: 'ok', cost: Math.round(candidate.cost * (1 + (number % 1000) / 2000)), detail: 'made up' };
  });
}

const budget = { choices: 24, time: Infinity };
const { signal } = new AbortController();
const options = { backend, results, tryChoices, budget, slots: 2, signal };
const { searches, measured } = await tuneLayers(distinctLayers([network()]), options);
const best = searches.map((search) => [layerId(search.layer), search.best()?.choice.text, search.best()?.cost]);
cache.close();
console.log(JSON.stringify({ measured, best }));
