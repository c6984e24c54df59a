import { buildProgram, createExecutor, defaultCacheDir, parseDevice, requireToolchain } from '@ait-rvv/remote';
import { copyFileSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const probe = fileURLToPath(new URL('probe.c', import.meta.url));

/**
 * What an instance of an emitted program called "net" holds on one thread, by vector length: the arena, the largest
 * set of values alive at once (no plan needs less), and the scratch the kernels ask for.
 */
export async function heldMemory(folder, vlens) {
  const { env } = process;
  const cacheDir = defaultCacheDir(env);
  const toolchain = await requireToolchain(env, cacheDir);
  copyFileSync(probe, join(folder, 'src/main.c'));
  // Bytes do not depend on how well the kernels are compiled.
  const building = { goal: 'exe', march: 'rv64gcv', jobs: cpus().length, env: { ...env, CFLAGS: '-O1' } };
  await buildProgram(folder, toolchain, building);
  const { memory } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const held = [];
  for (const vlen of vlens) {
    const device = parseDevice(`qemu:vlen=${vlen}`);
    const executor = await createExecutor(device, { env, cacheDir, toolchain: () => Promise.resolve(toolchain) });
    const workspace = await executor.open(folder);
    const { stdout, stderr, exitCode } = await workspace.exec(['build/net']);
    await workspace.close();
    await executor.close();
    if (exitCode !== 0) throw new Error(stderr);
    const { arena, scratch, weights } = JSON.parse(stdout);
    held.push({ vlen, arena, live: memory.arenaLowerBound, scratch, weights });
  }
  return held;
}
