import {
  describeDevice,
  findOnPath,
  findToolchain,
  parseDevice,
  parseRecord,
  RemoteError,
  requireToolchain,
  runProcess,
} from '@ait-rvv/remote';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ait-remote-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function failure(work: () => unknown): RemoteError {
  try {
    work();
  } catch (error) {
    if (error instanceof RemoteError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('device', () => {
  test.each(['local', 'qemu:vlen=128', 'qemu:vlen=1024,poison=true', 'sim:spacemit-x60', 'sim:my:core.json'])(
    '%s reads back',
    (text) => {
      expect(describeDevice(parseDevice(text))).toBe(text);
    },
  );

  test('the emulator has 256-bit vectors unless told otherwise', () => {
    expect(parseDevice('qemu')).toEqual({ kind: 'qemu', vlen: 256, poison: false });
  });

  test.each([
    ['board', 'there is no device "board"'],
    ['sim', 'there is no device "sim"'],
    ['local:1', 'there is no device "local:1"'],
    ['qemu:vlen=64', 'qemu has no setting "vlen=64"'],
    ['qemu:vlen=128,', 'qemu has no setting ""'],
    ['qemu:cpu=max', 'qemu has no setting "cpu=max"'],
  ])('%s is refused', (text, message) => {
    const error = failure(() => parseDevice(text));
    expect([error.code, error.message]).toEqual(['device-unknown', message]);
  });
});

describe('process', () => {
  test('arguments reach the program unchanged: there is no shell', async () => {
    const odd = ['$(id)', '`id`', 'a b', "'", '"', '*', '; true', '\n'];
    const { stdout } = await runProcess([
      process.execPath,
      '-e',
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...odd,
    ]);
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  test('a time-out kills the whole group', async () => {
    const script = `const { spawn } = require('node:child_process'); const c = spawn('sleep', ['60']); console.log(c.pid); setTimeout(() => {}, 60000)`;
    const result = await runProcess([process.execPath, '-e', script], { timeoutMs: 1500 });
    expect(result.timedOut).toBe(true);
    expect(result.signal).toBe('SIGKILL');
    const child = Number(result.stdout);
    expect(child).toBeGreaterThan(1);
    // Signal 0 asks whether it lives; a zombie waiting for its reaper is as good as dead.
    const state =
      (await runProcess(['ps', '-o', 'state=', '-p', String(child)]).catch(() => undefined))?.stdout.trim() ?? '';
    expect(['', 'Z']).toContain(state);
  });

  test('an abort ends it', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    expect((await runProcess(['sleep', '30'], { signal: abort.signal })).signal).toBe('SIGKILL');
  });

  test('a command that is not there rejects', async () => {
    await expect(runProcess([join(folder, 'nothing')])).rejects.toThrow('ENOENT');
  });
});

describe('toolchain', () => {
  test('nothing on the path: everything is named, with the command that mends it', async () => {
    const report = await findToolchain({ PATH: folder }, folder);
    expect(report.toolchain).toBeUndefined();
    expect(report.tools.filter((tool) => tool.found === undefined).map((tool) => tool.name)).toEqual(
      expect.arrayContaining(['clang', 'qemu-riscv64', 'make', 'cc']),
    );
    await expect(requireToolchain({ PATH: folder }, folder)).rejects.toMatchObject({
      code: 'tool-missing',
      hints: [expect.stringContaining('npm run setup')],
    });
  });

  test('a program is found in the order of the path', () => {
    expect(findOnPath('node', { PATH: `${folder}:${join(process.execPath, '..')}` })).toBe(process.execPath);
    expect(findOnPath('node', {})).toBeUndefined();
  });
});

test('records that are none', () => {
  const block = { id: 0, address: 0, words: [1], classes: [], variants: [] };
  const record = (blocks: unknown): string =>
    JSON.stringify({ schemaVersion: 1, vlen: 256, region: 'markers', blocks, threads: [] });
  expect(parseRecord(record([])).blocks).toEqual([]);
  for (const text of ['', '[]', '{"schemaVersion":1}', record([block]), record([{ ...block, words: [-1] }])]) {
    expect(failure(() => parseRecord(text)).message).toBe('the profiling plugin has left a report that cannot be read');
  }
});
