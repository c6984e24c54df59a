import { loadCore, parseRecord } from '@ait-rvv/remote';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareWithBaseline, readBaseline } from '../../../packages/cli/dist/bench/baseline.js';
import { jsonFormat } from './json.mjs';

const CORES = new URL('../../../packages/remote/cores/', import.meta.url);

/** The description of a core, as `--device sim:FILE.json` takes it. */
export const core = jsonFormat({
  values: () =>
    ['spacemit-x60', 'c908'].map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, CORES), 'utf8'))),
  prepare(folder) {
    const path = join(folder, 'core.json');
    return (bytes) => {
      writeFileSync(path, bytes);
      loadCore(path);
    };
  },
});

const RECORD = {
  schemaVersion: 1,
  vlen: 256,
  region: 'markers',
  blocks: [
    { id: 1, address: 65_536, words: [19, 32_871], classes: [0, 1], variants: [[1, -1]] },
    {
      id: 2,
      address: 65_600,
      words: [19],
      classes: [3],
      variants: [
        [2, 211],
        [3, 16],
      ],
    },
  ],
  threads: [
    {
      index: 0,
      places: [
        { step: null, edges: [[0, 1, 5]], events: [] },
        {
          step: 0,
          edges: [
            [1, 2, 3],
            [2, 3, 1],
          ],
          events: [],
        },
      ],
    },
  ],
};

/** What a board's or the emulator's profile says was executed. */
export const profile = jsonFormat({
  values: () => [RECORD],
  prepare: () => (bytes) => void parseRecord(new TextDecoder().decode(bytes)),
});

const REPORT = {
  schemaVersion: 1,
  name: 'net',
  device: 'qemu',
  threads: 1,
  iterations: 1,
  total: { multiplyAdds: 10, instructions: 100, cycles: 50, nanoseconds: { min: 1, median: 2, p95: 3 } },
  memory: null,
  layers: [{ name: 'a', kernel: 'k', multiplyAdds: 10, instructions: 100 }],
};

/** An earlier report, as `bench --baseline` takes it, compared with a new one. */
export const baseline = jsonFormat({
  values: () => [REPORT, { ...REPORT, model: { core: 'spacemit-x60', version: '1-0' } }],
  prepare(folder) {
    const path = join(folder, 'bench.json');
    return (bytes) => {
      writeFileSync(path, bytes);
      compareWithBaseline(REPORT, readBaseline(path), 0.05);
    };
  },
});
