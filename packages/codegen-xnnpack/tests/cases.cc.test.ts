import { describe, test } from 'vitest';
import { checkGraph, GRAPHS } from './check-cases.js';

describe("nodes on this machine's XNNPACK", () => {
  test.each(Object.keys(GRAPHS))('%s agree with the interpreter', async (title) => {
    const runs = [1, 3].map((threads) => ({ device: 'local', threads }));
    await checkGraph(title, runs, { scalar: true });
  });
});
