import { libraryVariables, runProcess, type RunResult } from '@ait-rvv/remote';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryOf, toolchain, type Variant } from '../programs.js';

const source = fileURLToPath(new URL('driver.c', import.meta.url));

/** Builds driver.c together with a generated program's library from source; `flags` go to compiler and linker. */
export async function buildDriver(folder: string, flags: readonly string[] = [], variant: Variant = {}): Promise<void> {
  const { make, hostCompiler } = await toolchain();
  const environment = { ...process.env, CFLAGS: ['-O2', '-g', '-Werror', ...flags].join(' ') };
  const link = `LINK_FLAGS=${flags.join(' ')}`;
  const linked = await libraryOf({ ...variant, scalar: true });
  const variables = [
    `CC=${hostCompiler.join(' ')}`,
    link,
    ...(linked === undefined ? [] : libraryVariables(linked, false)),
  ];
  const library = await runProcess([make, '-C', folder, '-j2', 'lib', 'SCALAR=1', ...variables], { env: environment });
  if (library.exitCode !== 0) throw new Error(library.stderr);
  const argv = [
    ...hostCompiler,
    '-std=gnu11',
    '-O1',
    '-g',
    '-Wall',
    '-Wextra',
    '-Werror',
    ...flags,
    '-Iinclude',
    source,
  ];
  const driver = await runProcess(
    [...argv, 'build/libnet.so', '-Wl,-rpath,$ORIGIN', '-pthread', '-o', 'build/driver'],
    { cwd: folder },
  );
  if (driver.exitCode !== 0) throw new Error(driver.stderr);
}

/** Runs one check of the driver. */
export function drive(folder: string, check: string, weights = 'weights.bin'): Promise<RunResult> {
  // Sanitizers want a predictable address space.
  const fixed = existsSync('/usr/bin/setarch') ? ['/usr/bin/setarch', '-R'] : [];
  return runProcess([...fixed, join(folder, 'build/driver'), check, weights], {
    cwd: folder,
    env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' },
  });
}
