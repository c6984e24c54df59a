import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { onSmallDisk, whyNoSmallDisk } from '../../../tools/testing/small-disk.js';
import { describeStores, folder, place, program, read, write } from './caches.js';
import { measurement } from './measurements.js';

const FULL = /^CacheError: cannot write ".*": the disk is full$/m;

/** Fills a disk with measurements; then looks at the file, makes room, and goes on. */
const SCRIPT = `
  disk=$1 file=$1/$2; seed=$3 kept=$4 node=$5 append=$6 list=$7
  cp "$seed" "$file"; head -c 16384 /dev/zero >"$disk/other"
  "$node" "$append" "$file" x 2000
  "$node" "$list" "$file"
  rm "$disk/other"
  "$node" "$append" "$file" y 3
  cp "$file" "$kept"
`;

function written(stdout: string): readonly number[] {
  return [...stdout.matchAll(/^wrote ([0-9]+)$/gm)].map(([, count]) => Number(count));
}

function kernels(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(3, '0')}`);
}

describeStores((format) => {
  describe('on a disk that is full', () => {
    beforeEach(({ skip }) => {
      const reason = whyNoSmallDisk();
      skip(reason !== undefined, reason);
    });

    test('a clear line; what was there is kept and read; with room again it goes on', async () => {
      const [seed, kept] = [place(format), place(format)];
      await write(seed, [measurement()]);
      const disk = mkdtempSync(join(folder, 'disk-'));
      const programs = [process.execPath, program('append.mjs'), program('list.mjs')];
      const { status, stdout, stderr } = onSmallDisk(disk, 96, SCRIPT, [`t.${format}`, seed, kept, ...programs]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(FULL);
      const [before = 0, after] = written(stdout);
      expect(before).toBeGreaterThan(0);
      expect(after).toBe(3);
      const whole = ['gemm', ...kernels('x', before)];
      expect(stdout).toContain(`\n${JSON.stringify(whole)}\n`);
      expect((await read(kept)).map(({ kernel }) => kernel)).toEqual([...whole, ...kernels('y', 3)]);
    });

    test('not even a new file fits', () => {
      const disk = mkdtempSync(join(folder, 'disk-'));
      const script = 'head -c 65536 /dev/zero >"$1/other"; "$2" "$3" "$1/$4" x 1; ls "$1"';
      const args = [process.execPath, program('append.mjs'), `t.${format}`];
      const { status, stdout, stderr } = onSmallDisk(disk, 64, script, args);
      expect(stdout + stderr).toMatch(/CacheError: cannot write ".*": the disk is full( or failing)?$/m);
      expect(status).not.toBe(0);
    });
  });

  test('beyond the largest file the user may have: a clear line, and what was there is kept', async () => {
    const path = place(format);
    await write(path, [measurement()]);
    const kilobytes = Math.ceil(statSync(path).size / 1024) + 8;
    const script = `ulimit -f ${kilobytes}; trap '' XFSZ; exec "$0" "$@"`;
    const run = spawnSync('bash', ['-c', script, process.execPath, program('append.mjs'), path, 'x', '2000'], {
      encoding: 'utf8',
    });
    expect(run.stdout).toMatch(/^CacheError: cannot write ".*": the disk is full( or failing)?$/m);
    const [count = 0] = written(run.stdout);
    expect((await read(path)).map(({ kernel }) => kernel)).toEqual(['gemm', ...kernels('x', count)]);
    await write(path, [measurement({ kernel: 'later' })]);
    expect(await read(path)).toHaveLength(count + 2);
  });
});
