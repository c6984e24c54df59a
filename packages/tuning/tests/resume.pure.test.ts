import { keyText, openCache } from '@ait-rvv/tuning';
import { RandomSource } from '@ait-rvv/ir/weights';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FULL } from '../../../tools/testing/full.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const folder = scratchFolder();
const program = fileURLToPath(new URL('programs/pretend.mjs', import.meta.url));
const PAUSE_MS = 20;
const KILLS = 20;

interface Ended {
  readonly killed: boolean;
  readonly stdout: string;
}

/** Tunes in a process of its own; kills it after some milliseconds, if it has not ended by then. */
function tune(cache: string, killAfter?: number): Promise<Ended> {
  return new Promise((resolve) => {
    const argv = [program, cache, join(folder, 'repeated'), String(PAUSE_MS)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve({ killed: signal === 'SIGKILL', stdout });
    });
  });
}

async function contents(path: string): Promise<readonly string[]> {
  const cache = await openCache(path, 'read');
  const all = cache.all().map((one) => `${keyText(one)} ${one.status} ${one.cost ?? ''}`);
  cache.close();
  return all.sort();
}

interface Printed {
  readonly measured: number;
  readonly best: unknown;
}

describe.each(FULL ? ['db', 'jsonl'] : ['db'])('tuning into a .%s file', (format) => {
  test('killed at 20 moments and begun again, it measures nothing twice and comes to the same', async () => {
    const whole = join(folder, `whole.${format}`);
    const begin = Date.now();
    const undisturbed = await tune(whole);
    const took = Date.now() - begin;
    const { best, measured } = JSON.parse(undisturbed.stdout) as Printed;
    const expected = await contents(whole);
    expect(expected).toHaveLength(measured);

    const cut = join(folder, `cut.${format}`);
    const random = new RandomSource(format.length);
    let known = 0;
    for (let kills = 0; kills < KILLS;) {
      // Kills fall anywhere: before the first measurement, between two, while one is written, or when all is done.
      const { killed } = await tune(cut, random.uniform(0.3, 1) * took);
      if (killed) kills++;
      const now = existsSync(cut) ? (await readable(cut)).length : 0;
      expect(now).toBeGreaterThanOrEqual(known);
      known = now;
      // Done too early to be killed often enough: the rest would have nothing to interrupt.
      if (!killed && kills < KILLS) rmSync(cut, { force: true });
      if (!killed) known = 0;
    }
    await tune(cut);
    const last = JSON.parse((await tune(cut)).stdout) as Printed;
    expect(last).toEqual({ measured: 0, best });
    expect(await contents(cut)).toEqual(expected);
    expect(existsSync(join(folder, 'repeated'))).toBe(false);
  }, 300_000);

  test('two at once come to the same', async () => {
    const path = join(folder, `shared.${format}`);
    const [a, b] = await Promise.all([tune(path), tune(path)]);
    const [first, second] = [a, b].map(({ stdout }) => JSON.parse(stdout) as Printed);
    expect(first?.best).toEqual(second?.best);
    expect(await contents(path)).toEqual(await contents(join(folder, `whole.${format}`)));
  });
});

/** What is in a file that may have been made but not filled yet. */
async function readable(path: string): Promise<readonly string[]> {
  return contents(path).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes('it is empty')) return [];
    throw error;
  });
}
