import { cachedXnnpack, defaultCacheDir, type Environment } from '@ait-rvv/remote';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBoard } from '../../../tools/board/board.mjs';
import { boardHome } from '../../../tools/testing/board.js';
import { readTensors } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { useBoard } from '../../../tools/testing/use-board.js';
import { encodeModel, filled, type TestModel } from '../../ir/tests/onnx-model.js';
import { commandLine, type Outcome } from './command-line.js';

const scratch = scratchFolder();
const out = join(scratch, 'out');
const model = join(scratch, 'small.onnx');
const shared = useBoard({});
let env: Environment;

/** One layer, so that a board compiles it in reasonable time. */
const small: TestModel = {
  inputs: { x: [1, 3, 16, 16] },
  initializers: { w: filled([8, 3, 3, 3], 0.5) },
  nodes: [{ type: 'Conv', name: 'stem', inputs: ['x', 'w'], outputs: ['y'] }],
  outputs: ['y'],
};

const run = (...argv: readonly string[]): Promise<Outcome> => commandLine(argv, env);

async function succeed(...argv: readonly string[]): Promise<Outcome> {
  const outcome = await run(...argv);
  expect({ argv, exitCode: outcome.exitCode, stderr: outcome.exitCode === 0 ? '' : outcome.stderr }).toEqual({
    argv,
    exitCode: 0,
    stderr: '',
  });
  return outcome;
}

beforeAll(async () => {
  if (whyNoBoard() !== undefined) return;
  ({ env } = boardHome(shared.board, { knownHosts: '' }));
  writeFileSync(model, encodeModel(small));
  await succeed('compile', model, '-o', out);
});

describe('from a fresh home folder', () => {
  test('a board is added without connecting, listed, and checked', async () => {
    await shared.board.stopServer();
    const { user, host, port, runner } = shared.board;
    const more = runner.length === 0 ? [] : ['--runner', runner.join(' ')];
    await succeed('device', 'add', 'bpi', `${user}@${host}:${port}`, ...more);
    await shared.board.startServer();
    const { stdout } = await succeed('device', 'list');
    expect(stdout.split('\n').at(-2)).toMatch(/^bpi {4}ssh:\/\/.*not seen yet$/);
    const checked = await succeed('device', 'check', 'bpi', '--host-key', 'accept-new', '--json');
    const report = JSON.parse(checked.stdout) as {
      usable: boolean;
      findings: { name: string; state: string; text: string }[];
      fingerprint: { vlen: number };
    };
    expect(report.usable).toBe(true);
    expect(report.fingerprint.vlen).toBe(256);
    const states = Object.fromEntries(report.findings.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ 'vector unit': 'ok', 'login shell': 'ok', tools: 'ok', transfer: 'ok', disk: 'ok' });
    expect((await succeed('device', 'list')).stdout).toMatch(/bpi .* 256\n$/);
    expect(statSync(join(String(env['HOME']), '.config/ait-rvv/devices.json')).mode & 0o777).toBe(0o600);
  });

  test('the board computes what the emulator computes, bit for bit', async () => {
    const files = ['board.npz', 'qemu.npz'].map((name) => join(scratch, name));
    await succeed('run', out, '--device', 'bpi', '--seed', '7', '--output', files[0] ?? '');
    await succeed('run', out, '--device', 'qemu', '--seed', '7', '--output', files[1] ?? '');
    const [onBoard, onEmulator] = files.map((file) => readFileSync(file));
    expect(onBoard).toEqual(onEmulator);
    expect(readTensors(files[0] ?? '').get('y')?.shape).toEqual([1, 8, 14, 14]);
    await succeed('verify', out, '--device', 'bpi', '--layers');
  });

  test('bench measures, with what may have disturbed it', async () => {
    const { stdout } = await succeed('bench', out, '--device', 'bpi', '--iterations', '7', '--json');
    const { total, measurement, layers } = JSON.parse(stdout) as {
      total: { nanoseconds: { median: number } };
      layers: { nanoseconds: { min: number } }[];
      measurement: {
        nanoseconds: { count: number; median: number; spread: number };
        cpus: number[];
        warnings: string[];
      };
    };
    expect(measurement.nanoseconds.count).toBe(7);
    expect(total.nanoseconds.median).toBe(measurement.nanoseconds.median);
    expect(measurement.cpus).toHaveLength(1);
    // The emulator has no counters of a processor.
    expect(layers.every(({ nanoseconds }) => nanoseconds.min > 0)).toBe(true);
    expect(measurement.warnings).toContain('cycles cannot be counted: Function not implemented');
  });

  test('the board compiles the program itself', async ({ skip }) => {
    skip(shared.board.plain, 'a plain board compiles for this machine');
    const built = join(scratch, 'built');
    await succeed('compile', model, '-o', built, '--build', 'remote', '--device', 'bpi');
    expect(readdirSync(join(built, 'build'))).toEqual(['small']);
    const file = join(scratch, 'built.npz');
    await succeed('run', built, '--device', 'bpi', '--seed', '7', '--output', file);
    expect(readFileSync(file)).toEqual(readFileSync(join(scratch, 'board.npz')));
  });

  test('a program for another machine is refused before it runs', async () => {
    const wide = join(scratch, 'wide');
    mkdirSync(wide);
    await succeed('compile', model, '-o', wide, '--march', 'rv64gcv_zvl512b');
    const { exitCode, stderr } = await run('run', wide, '--device', 'bpi');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr:
        `error: bpi cannot run what was compiled for rv64gcv_zvl512b: ` +
        'its vectors have 256 bits, 512 are needed\nhint: compile with a --march that the board has\n',
    });
  });

  test('a program that is linked with what the board has not says so', async ({ skip }) => {
    skip(shared.board.plain, 'a plain board has the libraries of this machine');
    skip(
      cachedXnnpack({ cacheDir: defaultCacheDir(env) }) === undefined,
      'the set-up has found no XNNPACK for riscv64',
    );
    const linked = join(scratch, 'linked');
    await succeed('compile', model, '-o', linked, '--target', 'xnnpack', '--offline');
    for (const command of ['run', 'bench']) {
      const { exitCode, stderr } = await run(command, linked, '--device', 'bpi');
      expect({ exitCode, stderr: stderr.split('\n')[0] }).toEqual({
        exitCode: 3,
        stderr: expect.stringMatching(
          /^error: the device has no libXNNPACK\.so\S*, which the program is linked with$/,
        ) as string,
      });
    }
  });

  test('clean empties the cache of the board, remove forgets the board', async () => {
    expect(readdirSync(shared.cache('objects')).length).toBeGreaterThan(1);
    await succeed('device', 'clean', 'bpi');
    expect(existsSync(shared.cache('objects'))).toBe(false);
    await succeed('device', 'remove', 'bpi');
    const { exitCode, stderr } = await run('verify', out, '--device', 'bpi');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr:
        'error: there is no device "bpi"\n' +
        'hint: devices are qemu, qemu:vlen=128, sim:spacemit-x60, local, ssh://user@host and the boards of ait-rvv device list\n',
    });
  });
});

describe('command lines that make no sense', () => {
  test.each([
    [
      ['device', 'chek', 'x'],
      2,
      'error: device takes add, list, check, clean, remove, not "chek"\nhint: did you mean check?\n',
    ],
    [['device', 'add', 'x'], 2, 'error: device add needs an address\n'],
    [['device', 'list', 'x'], 2, 'error: device list does not take "x"\n'],
    [
      ['device', 'add', '-oProxyCommand=x', 'a@b'],
      2,
      'error: device does not take "o"\nhint: ait-rvv device --help lists its options\n',
    ],
    [
      ['device', 'add', 'qemu', 'a@b'],
      6,
      'error: "qemu" cannot be the name of a board\n' +
        'hint: a name starts with a letter, goes on with letters, digits, ".", "_" and "-", and is not local, qemu, sim, ssh\n',
    ],
    [
      ['device', 'add', 'x', 'a@b:99999'],
      6,
      'error: "a@b:99999" is no address of a board\nhint: an address is user@host, user@host:port or ssh://user@host:port\n',
    ],
    [
      ['device', 'add', 'x', 'me:secret@board'],
      6,
      'error: an address of a board holds no password\n' +
        'hint: leave it out: it is asked for when the board wants one, and never stored; a key is better (ssh-copy-id)\n',
    ],
    [['device', 'check', 'me:secret@board'], 6, undefined],
    [['device', 'check', 'nobody'], 6, undefined],
    [
      ['compile', 'zoo:squeezenet1_1@32', '-o', 'x', '--build', 'remote'],
      2,
      'error: --build remote needs --device, the board that compiles\n',
    ],
    [
      ['compile', 'zoo:squeezenet1_1@32', '-o', 'x', '--device', 'qemu'],
      2,
      'error: --device of compile goes with --build remote\n',
    ],
    [['device', 'check', 'qemu'], 2, 'error: "qemu" is no board\nhint: boards are listed by ait-rvv device list\n'],
  ])('%j', async (argv, exitCode, stderr) => {
    const outcome = await commandLine(argv, { ...env, HOME: scratchFolder() });
    expect(outcome).toMatchObject({ exitCode, stdout: '', ...(stderr === undefined ? {} : { stderr }) });
    expect(outcome.stderr).not.toContain('secret');
  });
});
