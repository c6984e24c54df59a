import { coreNames, loadCore } from '@ait-rvv/remote';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolchain } from '../../../../tools/testing/programs.js';
import { Bench, recordedResults, type CoreResults } from '../../../../tools/simulator/measure.mjs';

/** What docs/reference/simulator.md shows must be what the simulator says today. */
let bench: Bench;
beforeAll(async () => {
  bench = new Bench(await toolchain(), process.env);
});
afterAll(() => bench.close());

function recorded(name: string): CoreResults {
  const found = recordedResults()?.cores[name];
  if (found === undefined) throw new Error('npm run bench:simulator has not been run');
  return found;
}

describe.each(coreNames())('recorded results of %s', (name) => {
  test('are of this version of the model', () => {
    expect(recorded(name).version).toBe(loadCore(name).version);
  });

  test('hold the micro loops, to the third decimal', async () => {
    expect(await bench.loops(name)).toEqual(recorded(name).loops);
    expect(await bench.overlap(name)).toEqual(recorded(name).overlap);
  });
});

test('recorded results hold the published kernels', async () => {
  const { kernels, sgemm } = recorded('spacemit-x60');
  expect(await bench.kernels('spacemit-x60')).toEqual(kernels);
  expect(await bench.sgemm('spacemit-x60')).toBe(sgemm);
});
