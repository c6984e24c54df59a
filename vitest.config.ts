import { defineConfig } from 'vitest/config';

/** Groups by need: a test file says in its name what it cannot do without. */
const GROUPS = ['pure', 'cc', 'qemu', 'board'] as const;

/** `npm run test:full` takes the slow files, too. */
const SUFFIXES = process.env['AIT_RVV_TEST_FULL'] === '1' ? ['test.ts', 'full.test.ts'] : ['test.ts'];

export default defineConfig({
  resolve: { conditions: ['@ait-rvv/source'] },
  ssr: { resolve: { conditions: ['@ait-rvv/source', 'node', 'import', 'module', 'default'] } },
  test: {
    // Most of the time goes by in compilers and emulators with a single thread each.
    maxWorkers: '100%',
    projects: GROUPS.map((group) => ({
      extends: true,
      test: {
        name: group,
        include: SUFFIXES.map((suffix) => `{packages,native}/*/tests/**/*.${group}.${suffix}`),
        testTimeout: group === 'pure' ? 60_000 : 600_000,
        hookTimeout: group === 'pure' ? 60_000 : 600_000,
      },
    })),
  },
});
