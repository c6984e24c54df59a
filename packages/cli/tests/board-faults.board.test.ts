import { writeFileSync, copyFileSync, cpSync, readFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNoBoard } from '../../../tools/board/board.mjs';
import { boardHome, type HomeOptions } from '../../../tools/testing/board.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { until, useBoard } from '../../../tools/testing/use-board.js';
import { commandLine, type Outcome } from './command-line.js';

/** The simplest board is enough to be refused by, and answers fast: other races are lost than on the emulated one. */
const shared = useBoard({ plain: true }, 'echo', 'hang', 'crash', 'flood');

/** What `compile` writes, as far as `run` reads it, with one of the test programs in the place of the compiled one. */
function programFolder(name: string): string {
  const folder = scratchFolder();
  cpSync(join(shared.folder, 'build', name), join(folder, 'build', name), { recursive: true });
  const manifest = {
    schemaVersion: 1,
    name,
    target: 'rvv',
    march: 'rv64gcv',
    threads: 1,
    source: { model: 'x', sha256: '', shapes: {} },
    inputs: [],
    outputs: [],
    memory: { arenaBytes: 0, arenaLowerBound: 0, weightBytes: 0 },
    plan: null,
    layers: [],
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

interface Setting extends HomeOptions {
  /** Boards of the user's book, by name. */
  readonly address?: string;
}

/** Runs a command line as a user who knows the board as "bpi". */
async function as(setting: Setting, ...argv: readonly string[]): Promise<Outcome> {
  const { env, home } = boardHome(shared.board, setting);
  const { host, port, user, runner } = shared.board;
  const more = runner.length === 0 ? [] : ['--runner', runner.join(' ')];
  await commandLine(['device', 'add', 'bpi', setting.address ?? `${user}@${host}:${port}`, ...more], env);
  const outcome = await commandLine(argv, env);
  return { ...outcome, stderr: outcome.stderr.replaceAll(home, 'HOME').replaceAll(String(port), 'PORT') };
}

const fingerprintOf = (key: string): string => {
  const file = join(scratchFolder(), 'key.pub');
  writeFileSync(file, `${key}\n`);
  return shared.board.run('ssh-keygen', ['-lf', file]).split(' ')[1] ?? '';
};

let echo: string;
let otherKey: string;
beforeAll(() => {
  if (whyNoBoard() !== undefined) return;
  echo = programFolder('echo');
  const path = shared.board.makeKey('other_key');
  otherKey = readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
});

const run = (setting: Setting = {}): Promise<Outcome> => as(setting, 'run', echo, '--device', 'bpi');
const failed = (stderr: string): Outcome => ({ exitCode: 6, stdout: '', stderr });
const name = (): string => `[${shared.board.host}]:${shared.board.port}`;

describe('a login fails in one clear line:', () => {
  test('wrong key', async () => {
    expect(await run({ key: join(shared.board.state, 'other_key') })).toEqual(
      failed(
        `error: ${shared.board.user}@127.0.0.1:PORT refuses the login: tried HOME/.ssh/id_ed25519\n` +
          `hint: put a key there with ssh-copy-id -p PORT ${shared.board.user}@127.0.0.1\n`,
      ),
    );
  });

  test('no key at all', async () => {
    expect((await run({ key: null })).stderr).toMatch(/^error: \S+ refuses the login: there was no key to try\n/);
  });

  test('refused login', async () => {
    const address = `nobody@${shared.board.host}:${shared.board.port}`;
    expect((await run({ address })).stderr).toBe(
      'error: nobody@127.0.0.1:PORT refuses the login: tried HOME/.ssh/id_ed25519\n' +
        'hint: put a key there with ssh-copy-id -p PORT nobody@127.0.0.1\n',
    );
  });

  test('changed host key, with both fingerprints', async () => {
    const [shown, known] = [fingerprintOf(shared.board.hostKey), fingerprintOf(otherKey)];
    const setting = { knownHosts: `# boards\n${name()} ${otherKey}\n` };
    const refusal = failed(
      `error: the host key of 127.0.0.1 has changed: it is ${shown} (ssh-ed25519), known is ${known} (ssh-ed25519)\n` +
        'hint: known from HOME/.ssh/known_hosts:2\n' +
        'hint: someone may be in between; if the board was installed anew, remove that line and connect again\n',
    );
    expect(await run(setting)).toEqual(refusal);
    // Accepting what is new is not accepting what has changed.
    expect(await as(setting, 'run', echo, '--device', 'bpi', '--host-key', 'accept-new')).toEqual(refusal);
  });

  test('revoked host key', async () => {
    const shown = fingerprintOf(shared.board.hostKey);
    const setting = { knownHosts: `${shared.board.knownHost}@revoked * ${shared.board.hostKey}\n` };
    const argv = ['run', echo, '--device', 'bpi', '--host-key', 'accept-new'];
    expect(await as(setting, ...argv)).toEqual(
      failed(`error: the host key ${shown} (ssh-ed25519) of 127.0.0.1 was revoked\nhint: HOME/.ssh/known_hosts:2\n`),
    );
  });

  test('unknown host without a terminal', async () => {
    const shown = fingerprintOf(shared.board.hostKey);
    const hints =
      'hint: compare it on the board with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n' +
      'hint: then connect once with --host-key accept-new, or with ssh\n';
    const refusal = failed(`error: 127.0.0.1 is not known; its host key is ${shown} (ssh-ed25519)\n${hints}`);
    expect(await run({ knownHosts: '' })).toEqual(refusal);
    expect(await as({ knownHosts: '' }, 'run', echo, '--device', 'bpi', '--host-key', 'strict')).toEqual(refusal);
  });

  test('a host that only an authority vouches for', async () => {
    const { stderr } = await run({ knownHosts: `@cert-authority * ${shared.board.hostKey}\n` });
    expect(stderr).toMatch(
      /^error: 127\.0\.0\.1 is known by a certificate authority only, and certificates are not supported\n/,
    );
  });

  test('nobody there', async () => {
    await shared.board.stopServer();
    expect(await run()).toEqual(failed('error: nothing listens at 127.0.0.1:PORT\n'));
    await shared.board.startServer();
  });
});

test('hashed known_hosts of OpenSSH are read, and its tools read ours', async () => {
  const hashed = join(scratchFolder(), 'known_hosts');
  writeFileSync(hashed, shared.board.knownHost);
  shared.board.run('ssh-keygen', ['-q', '-H', '-f', hashed]);
  const text = readFileSync(hashed, 'utf8');
  expect(text).toMatch(/^\|1\|/);
  expect((await run({ knownHosts: text })).exitCode).toBe(0);
  const { home, env } = boardHome(shared.board, { knownHosts: '', config: 'HashKnownHosts yes\n' });
  const more = shared.board.plain ? ['--runner', shared.board.runner.join(' ')] : [];
  await commandLine(['device', 'add', 'bpi', shared.board.address, ...more], env);
  expect((await commandLine(['run', echo, '--device', 'bpi', '--host-key', 'accept-new'], env)).exitCode).toBe(0);
  const found = shared.board.run('ssh-keygen', ['-F', name(), '-f', join(home, '.ssh/known_hosts')]);
  expect(found).toContain(shared.board.hostKey);
});

test('a key of the agent opens a board, its file need not be there', async () => {
  const socket = join(scratchFolder(), 'agent');
  const [, pid = ''] = /SSH_AGENT_PID=([0-9]+)/.exec(shared.board.run('ssh-agent', ['-a', socket])) ?? [];
  try {
    shared.board.run('ssh-add', ['-q', shared.board.key], { SSH_AUTH_SOCK: socket });
    const agent = (more: string) => ({ key: null, config: `IdentityAgent ${socket}\n${more}` });
    expect((await run(agent(''))).exitCode).toBe(0);
    // Only keys that are named may be used then, and none is.
    expect((await run(agent('IdentitiesOnly yes\n'))).stderr).toContain('there was no key to try');
  } finally {
    process.kill(Number(pid));
  }
});

test('a host that is reached through others', async () => {
  const { host, port, user, hostKey } = shared.board;
  const config = [
    'Host gate middle',
    `  HostName ${host}`,
    `  Port ${port}`,
    `  User ${user}`,
    '  HostKeyAlias gate',
    'Host inner',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    '  ProxyJump gate,middle',
    '  HostKeyAlias inner',
  ];
  const setting = { config: `${config.join('\n')}\n`, address: `${user}@inner` };
  const known = `gate ${hostKey}\ninner ${hostKey}\n`;
  expect(await run({ ...setting, knownHosts: known })).toMatchObject({ exitCode: 0, stderr: '' });
  // Every host on the way has to be known.
  const { exitCode, stderr } = await run({ ...setting, knownHosts: `inner ${hostKey}\n` });
  expect({ exitCode, stderr: stderr.split('\n')[0] }).toEqual({
    exitCode: 6,
    stderr: `error: gate is not known; its host key is ${fingerprintOf(hostKey)} (ssh-ed25519)`,
  });
});

describe('a program fails in one clear line:', () => {
  test('it hangs', async () => {
    const outcome = await as({}, 'run', programFolder('hang'), '--device', 'bpi', '--timeout', '2');
    expect(outcome).toEqual(failed('error: build/hang was still running after 2 s and was stopped\n'));
  });

  test('it crashes', async () => {
    const outcome = await as({}, 'run', programFolder('crash'), '--device', 'bpi');
    expect(outcome).toMatchObject({ exitCode: 6, stderr: 'error: the program failed (SIGSEGV)\n' });
  });

  test.each([
    ['hang', 'build/hang was still running after 3 s and was stopped'],
    ['crash', 'the program failed (SIGSEGV)'],
    ['flood', 'the program has not said what it has measured'],
  ])('while it is measured: %s', async (name, message) => {
    const outcome = await as({}, 'bench', programFolder(name), '--device', 'bpi', '--timeout', '3');
    expect(outcome).toEqual(failed(`error: ${message}\n`));
  });

  test('the connection is cut', async () => {
    const outcome = as({}, 'run', programFolder('hang'), '--device', 'bpi', '--timeout', '100');
    await until('the program to run', () =>
      shared.board.processes().some((one) => /^\S*qemu-riscv64 (-cpu \S+ )?\.\/build\/hang/.test(one)),
    );
    expect(shared.board.cut()).toBeGreaterThan(0);
    expect(await outcome).toEqual(failed('error: the connection to bpi was lost while build/hang was running\n'));
  });
});

test('the configuration of a home folder of any name is found', async () => {
  const { env } = boardHome(shared.board);
  const home = join(scratchFolder(), 'a "home" $(touch pwned)');
  mkdirSync(home);
  cpSync(join(String(env['HOME']), '.ssh'), join(home, '.ssh'), { recursive: true });
  copyFileSync(shared.board.key, join(home, '.ssh/id_ed25519'));
  const more = shared.board.plain ? ['--runner', shared.board.runner.join(' ')] : [];
  await commandLine(['device', 'add', 'bpi', shared.board.address, ...more], { ...env, HOME: home });
  expect((await commandLine(['run', echo, '--device', 'bpi'], { ...env, HOME: home })).exitCode).toBe(0);
});
