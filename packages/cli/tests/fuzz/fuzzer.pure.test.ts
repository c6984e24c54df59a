import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../../tools/testing/scratch.js';
import { FUZZED, runFuzz } from './run-fuzz.js';

const registry = fileURLToPath(new URL('faulty-formats.mjs', import.meta.url));

describe('the fuzzer', () => {
  test.each([
    ['broken', 'TypeError: x is undefined', '10'],
    ['endless', 'takes longer than 1 s', '1'],
    ['greedy', 'takes more than 1 GB', '60'],
  ])('notices a reader that is %s, and keeps the file', async (format, problem, seconds) => {
    const output = scratchFolder();
    const faulty = ['--registry', registry, '--format', format, '--seconds', seconds];
    const found = await runFuzz(...faulty, '--cases', '8', '--seed', '5', '--output', output);
    expect(found.exitCode).toBe(1);
    const files = readdirSync(output);
    expect(files.length).toBeGreaterThan(0);
    expect(found.stdout).toMatch(
      new RegExp(`^${format}: \\d accepted, 0 refused, ${files.length} failed \\(seed 5\\)$`, 'm'),
    );
    for (const file of files) {
      const index = Number(file.split('-').at(-1));
      expect(found.stdout).toContain(`${format}: seed 5, case ${index}: ${problem}`);
      expect([...readFileSync(join(output, file))]).toEqual([1]);
    }
    const [first = ''] = files;
    const again = await runFuzz(...faulty, '--replay', join(output, first));
    expect({ exitCode: again.exitCode, first: again.stdout.split('\n')[0] }).toEqual({ exitCode: 1, first: problem });
  });

  test('gives the same cases for the same seed, others for another', async () => {
    const run = async (seed: string) => (await runFuzz('--format', 'npy', '--cases', '300', '--seed', seed)).stdout;
    expect(await run('3')).toBe(await run('3'));
    expect((await run('4')).replace('seed 4', 'seed 3')).not.toBe(await run('3'));
  });

  test('knows the formats that are tested', async () => {
    const { stderr, exitCode } = await runFuzz('--format', 'pdf');
    expect(exitCode).toBe(2);
    expect(stderr.split('\n')[0]).toBe(`error: there is no format "pdf", but ${FUZZED.join(', ')}`);
  });
});
