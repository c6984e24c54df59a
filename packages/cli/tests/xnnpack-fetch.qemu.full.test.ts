import { defaultCacheDir } from '@ait-rvv/remote';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { commandLine } from './command-line.js';

test('the library is fetched on first use, which is said, and never again', async () => {
  const cache = scratchFolder();
  const description = join(defaultCacheDir(process.env), 'toolchain.json');
  if (existsSync(description)) copyFileSync(description, join(cache, 'toolchain.json'));
  const env = { ...process.env, AIT_RVV_CACHE: cache };
  const compile = (...more: readonly string[]) =>
    commandLine(['compile', 'zoo:squeezenet1_1@64', '--target', 'xnnpack', '-o', join(cache, 'out'), ...more], env);
  const first = await compile();
  expect(first).toMatchObject({ exitCode: 0, stdout: '' });
  expect(first.stderr).toMatch(/^fetching Debian [a-z]+ packages for riscv64: libxnnpack-dev, libpthreadpool-dev$/m);
  const second = await compile('--offline');
  expect(second.exitCode).toBe(0);
  expect(second.stderr).not.toContain('fetching');
});
