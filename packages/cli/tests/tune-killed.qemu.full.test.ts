import { RandomSource } from '@ait-rvv/ir/weights';
import { keyText, openCache } from '@ait-rvv/tuning';
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const program = fileURLToPath(new URL('../bin/ait-rvv.mjs', import.meta.url));
const folder = scratchFolder();
const KILLS = 20;

interface Ended {
  readonly killed: boolean;
  readonly stderr: string;
}

/** Tunes in a process of its own, killed after so many milliseconds if it has not ended by then. */
function tune(path: string, killAfter?: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const argv = [program, 'tune', 'zoo:resnet18@32', '--budget', '4', '-o', path];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ killed: true, stderr });
      else if (code === 0) resolve({ killed: false, stderr });
      else reject(new Error(`tune ended with ${code ?? '?'}: ${stderr}`));
    });
  });
}

/** What a run that was not killed says it has measured. */
function measuredBy({ stderr }: Ended): number {
  return Number(/, ([0-9,]+) choices measured now/.exec(stderr)?.[1]?.replaceAll(',', ''));
}

async function contents(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  const cache = await openCache(path, 'write');
  const all = cache.all().map((one) => `${keyText(one)} ${one.status} ${one.cost ?? ''}`);
  cache.close();
  return all;
}

test('tuning on the simulator, killed at 20 moments, comes to the same as undisturbed', async () => {
  const [whole, cut] = [join(folder, 'whole.db'), join(folder, 'cut.db')];
  const begin = Date.now();
  const all = measuredBy(await tune(whole));
  const took = Date.now() - begin;
  const expected = [...(await contents(whole))].sort();
  expect(expected).toHaveLength(all);
  const random = new RandomSource(1);
  let known: readonly string[] = [];
  let [kills, grown] = [0, 0];
  while (kills < KILLS) {
    // A twentieth of the work at a time, more or less, beside what starting takes.
    const { killed } = await tune(cut, random.uniform(0.05, 0.25) * took);
    const now = await contents(cut);
    expect(now.slice(0, known.length)).toEqual(known);
    if (now.length > known.length) grown++;
    known = now;
    if (killed) kills++;
    else if (kills < KILLS) {
      // Done before it was killed often enough: once more from nothing.
      rmSync(cut);
      known = [];
    }
  }
  // Kills that come before anything is measured prove nothing.
  expect(grown).toBeGreaterThan(KILLS / 4);
  expect(measuredBy(await tune(cut))).toBe(all - known.length);
  expect([...(await contents(cut))].sort()).toEqual(expected);
}, 3_600_000);
