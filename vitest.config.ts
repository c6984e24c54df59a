import { defineConfig } from 'vitest/config';

/** Groups by need: a test file says in its name what it cannot do without. */
const GROUPS = ['pure', 'cc', 'qemu', 'board'] as const;

export default defineConfig({
  resolve: { conditions: ['@ait-rvv/source'] },
  ssr: { resolve: { conditions: ['@ait-rvv/source', 'node', 'import', 'module', 'default'] } },
  test: {
    projects: GROUPS.map((group) => ({
      extends: true,
      test: {
        name: group,
        include: [`packages/*/tests/**/*.${group}.test.ts`, `native/*/tests/**/*.${group}.test.ts`],
        testTimeout: group === 'pure' ? 60_000 : 600_000,
        hookTimeout: group === 'pure' ? 60_000 : 600_000,
      },
    })),
  },
});
