import { describe, test } from 'vitest';
import { sample } from '../../../tools/testing/full.js';
import { checkGraph, GRAPHS } from './check-cases.js';

const RUNS = [128, 256, 512].flatMap((vlen) => [1, 2, 3].map((threads) => ({ device: `qemu:vlen=${vlen}`, threads })));

describe('nodes on XNNPACK for riscv64', () => {
  test.each(Object.keys(GRAPHS))('%s agree with the interpreter', async (title) => {
    await checkGraph(title, sample(RUNS, 4), {});
  });
});
