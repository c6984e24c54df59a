import { RandomSource } from '@ait-rvv/ir/weights';
import { keyText, openCache } from '@ait-rvv/tuning';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/programs.js';

const program = fileURLToPath(new URL('../bin/ait-rvv.mjs', import.meta.url));
const folder = scratchFolder();
const KILLS = 20;

/** Tunes in a process of its own, killed after so many milliseconds; resolves to whether it was. */
function tune(path: string, killAfter?: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const argv = [program, 'tune', 'zoo:resnet18@32', '--budget', '4', '-o', path];
    const child = spawn(process.execPath, argv, { stdio: 'ignore' });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`tune ended with ${code ?? '?'}`));
    });
  });
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
  await tune(whole);
  const took = Date.now() - begin;
  const random = new RandomSource(1);
  let known: readonly string[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    // A twentieth of the work at a time, more or less, beside what starting takes.
    await tune(cut, random.uniform(0.05, 0.4) * took);
    const now = await contents(cut);
    expect(now.slice(0, known.length)).toEqual(known);
    known = now;
  }
  expect(await tune(cut)).toBe(false);
  expect([...(await contents(cut))].sort()).toEqual([...(await contents(whole))].sort());
}, 3_600_000);
