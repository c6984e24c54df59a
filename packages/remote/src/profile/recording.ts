import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteError } from '../errors.js';
import type { RunResult } from '../process.js';
import { parseRecord, type ExecutionRecord } from './record.js';

/** The profiling plugin and its arguments, `name=value` each. */
export interface Recording {
  readonly plugin: string;
  readonly settings: Readonly<Record<string, string | number>>;
}

/** Runs the emulator with the profiling plugin, whose report goes through a file of its own. */
export async function recorded<R extends RunResult>(
  { plugin, settings }: Recording,
  run: (extra: readonly string[]) => Promise<R>,
): Promise<R & { readonly record?: ExecutionRecord }> {
  const folder = await mkdtemp(join(tmpdir(), 'ait-record-'));
  const output = join(folder, 'record.json');
  try {
    const given = Object.entries({ ...settings, output }).map(([name, value]) => `,${name}=${value}`);
    const result = await run(['-plugin', `${plugin}${given.join('')}`]);
    if (result.exitCode !== 0) return result;
    const text = await readFile(output, 'utf8').catch(() => {
      throw new RemoteError('device-failed', 'the emulator has not recorded anything', [
        'the emulator needs plugin support: the qemu-user package of Debian has it, qemu-user-static does not',
        ...(result.stderr === '' ? [] : [result.stderr.trim().split('\n')[0] ?? '']),
      ]);
    });
    return { ...result, record: parseRecord(text) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
