import { describe, expect, test } from 'vitest';
import { FUZZED, runFuzz } from './run-fuzz.js';

describe('2,000 damaged files end in a result or a diagnostic', () => {
  test.each(FUZZED)('%s', async (format) => {
    const { exitCode, stdout, stderr } = await runFuzz('--format', format, '--cases', '2000');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      // Damage that is always noticed, or never, tests nothing.
      stdout: expect.stringMatching(/^[\w-]+: [1-9]\d* accepted, [1-9]\d* refused, 0 failed \(seed 1\)\n$/) as string,
      stderr: '',
    });
  });
});
