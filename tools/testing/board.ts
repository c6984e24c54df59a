import {
  defaultCacheDir,
  parseAddress,
  RemoteError,
  runProcess,
  SshExecutor,
  type DeviceSpec,
  type Environment,
  type SshOptions,
} from '@ait-rvv/remote';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBoard, type BoardOptions, type TestBoard } from '../board/board.mjs';
import { toolchain } from './programs.js';
import { scratchFolder } from './scratch.js';

/** `AIT_RVV_BOARD=plain` tests on a board as kernels without namespaces for emulators have it. */
const PLAIN = process.env['AIT_RVV_BOARD'] === 'plain';

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A board for one test file; stop it in afterAll. */
export function testBoard(options: BoardOptions = {}): Promise<TestBoard> {
  return startBoard({ plain: PLAIN, log: say, ...options });
}

export interface HomeOptions {
  /** Text of known_hosts; default: the key of the board. */
  readonly knownHosts?: string;
  /** Private key that is put into place; default that of the board, `null` for none. */
  readonly key?: string | null;
  /** Further lines of ~/.ssh/config. */
  readonly config?: string;
}

/** A fresh home folder of a user who knows the board, and the environment that goes with it. */
export function boardHome(board: TestBoard, options: HomeOptions = {}): { home: string; env: Environment } {
  const home = scratchFolder();
  const ssh = join(home, '.ssh');
  mkdirSync(ssh, { mode: 0o700 });
  writeFileSync(join(ssh, 'known_hosts'), options.knownHosts ?? board.knownHost);
  const key = options.key === undefined ? board.key : options.key;
  if (key !== null) {
    copyFileSync(key, join(ssh, 'id_ed25519'));
    chmodSync(join(ssh, 'id_ed25519'), 0o600);
  }
  if (options.config !== undefined) writeFileSync(join(ssh, 'config'), options.config);
  const env = { ...process.env, SSH_AUTH_SOCK: undefined, XDG_CONFIG_HOME: undefined };
  return { home, env: { ...env, HOME: home, AIT_RVV_CACHE: defaultCacheDir(process.env) } };
}

/** The board as a device. */
export function boardDevice(
  board: TestBoard,
  more: Pick<ExecutorOptions, 'folder' | 'quotaMegabytes'> = {},
): Extract<DeviceSpec, { kind: 'ssh' }> {
  const address = parseAddress(board.address);
  return { kind: 'ssh', name: 'board', address, ...(board.plain ? { runner: board.runner } : {}), ...more };
}

export interface ExecutorOptions extends HomeOptions, Partial<SshOptions> {
  /** As if this machine had no cross compiler. */
  readonly withoutToolchain?: boolean;
  readonly folder?: string;
  readonly quotaMegabytes?: number;
}

/** An executor for the board, from a fresh home. */
export function boardExecutor(board: TestBoard, options: ExecutorOptions = {}): SshExecutor {
  const { folder, quotaMegabytes, knownHosts, key, config, withoutToolchain, ...ssh } = options;
  const place = {
    ...(folder === undefined ? {} : { folder }),
    ...(quotaMegabytes === undefined ? {} : { quotaMegabytes }),
  };
  const missing = () => Promise.reject(new RemoteError('tool-missing', 'missing: clang'));
  const { env } = boardHome(board, {
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(key === undefined ? {} : { key }),
    ...(config === undefined ? {} : { config }),
  });
  return new SshExecutor(boardDevice(board, place), {
    env,
    cacheDir: scratchFolder(),
    toolchain: withoutToolchain === true ? missing : toolchain,
    ssh: { hostKeys: 'strict', log: () => undefined, ...ssh },
  });
}

/** Waits until nothing runs on the board any more, and returns what still does after a while. */
export async function leftovers(board: TestBoard, withinMs = 15_000): Promise<readonly string[]> {
  const end = performance.now() + withinMs;
  while (board.processes().length > 0 && performance.now() < end) await sleep(100);
  return board.processes();
}

const MISBEHAVE = fileURLToPath(new URL('../../packages/remote/tests/programs/misbehave.c', import.meta.url));

/** A folder with the test program under these names, which say what it does; see misbehave.c. */
export async function misbehaving(...names: readonly string[]): Promise<string> {
  const { compiler, linkFlags, env } = await toolchain();
  const folder = scratchFolder();
  mkdirSync(join(folder, 'build'));
  const program = join(folder, 'build', names[0] ?? '');
  const result = await runProcess([...compiler, ...linkFlags, '-O1', MISBEHAVE, '-o', program], {
    env: { ...process.env, ...env },
  });
  if (result.exitCode !== 0) throw new Error(result.stderr);
  for (const name of names.slice(1)) copyFileSync(program, join(folder, 'build', name));
  return folder;
}
