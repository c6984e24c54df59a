import { describe, expect, test } from 'vitest';
import { FUZZED, runFuzz } from './run-fuzz.js';

describe('100,000 damaged files end in a result or a diagnostic', () => {
  test.each(FUZZED)(
    '%s',
    async (format) => {
      // Others than the short run has.
      const { exitCode, stdout } = await runFuzz('--format', format, '--cases', '100000', '--from', '2000');
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringMatching(/ 0 failed \(seed 1\)\n$/) as string,
      });
    },
    3_600_000,
  );
});
