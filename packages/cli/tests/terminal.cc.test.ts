import { shellCommand } from '@ait-rvv/remote';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { sshServer, type LoginRule, type TestServer } from '../../../tools/testing/ssh-server.js';

const program = fileURLToPath(new URL('../bin/ait-rvv.mjs', import.meta.url));
const SECRET = 'correct horse battery';
let server: TestServer | undefined;
afterEach(() => server?.close());

/** Runs a command line at a terminal of its own, and types each answer when its question has come. */
async function atTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [RegExp, string])[],
): Promise<string> {
  const command = shellCommand([process.execPath, program, ...argv]);
  // script(1) gives a command a terminal and passes on what is typed.
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { PATH: process.env['PATH'], ...env } });
  let shown = '';
  const left = [...answers];
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
    const [question, answer] = left[0] ?? [];
    if (question?.test(shown) !== true) return;
    left.shift();
    child.stdin.write(`${answer ?? ''}\r`);
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(left).toEqual([]);
  return shown.replaceAll('\r\n', '\n');
}

/** A home folder whose user has a board at the server. */
function user(known: string): Readonly<Record<string, string>> {
  const home = scratchFolder();
  mkdirSync(join(home, '.ssh'));
  mkdirSync(join(home, '.config/ait-rvv'), { recursive: true });
  writeFileSync(join(home, '.ssh/known_hosts'), known);
  const address = { host: '127.0.0.1', user: 'me', port: server?.port ?? 0 };
  const book = { schemaVersion: 1, boards: { bpi: { address } } };
  writeFileSync(join(home, '.config/ait-rvv/devices.json'), JSON.stringify(book));
  return { HOME: home, AIT_RVV_CACHE: join(home, 'cache') };
}

describe('at a terminal', () => {
  const rule: LoginRule = (_, login) => login === `password:${SECRET}` || ['password'];

  test('a password is asked for, typed unseen, and asked for again when it was wrong', async () => {
    server = await sshServer(rule);
    const env = user(server.knownHost);
    const question = /password of me@127\.0\.0\.1: /;
    const twice = new RegExp(`${question.source}[^]*${question.source}`);
    const shown = await atTerminal(['device', 'check', 'bpi', '--json', '--debug'], env, [
      [question, 'wrong'],
      [twice, SECRET],
    ]);
    expect(server.logins).toEqual(['password:wrong', `password:${SECRET}`]);
    expect(shown).not.toContain('wrong');
    expect(shown).not.toContain(SECRET);
    const files = readdirSync(String(env['HOME']), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile()))
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(SECRET);
    // The server is no board.
    expect(shown).toMatch(/\nerror: /);
  });

  test('an unknown host is asked about', async () => {
    server = await sshServer(() => true);
    const env = user('');
    const question = /127\.0\.0\.1 is not known; its host key is SHA256:\S+ \(ssh-ed25519\)\. Connect\? \(yes\/no\) /;
    const refused = await atTerminal(['device', 'check', 'bpi'], env, [[question, 'no']]);
    expect(refused).toMatch(/\nerror: 127\.0\.0\.1 is not known; its host key is SHA256:/);
    const file = join(String(env['HOME']), '.ssh/known_hosts');
    expect(readFileSync(file, 'utf8')).toBe('');
    await atTerminal(['device', 'check', 'bpi'], env, [[question, 'yes']]);
    expect(readFileSync(file, 'utf8')).toBe(server.knownHost);
    // An option speaks for the user.
    const strict = await atTerminal(['device', 'check', 'bpi', '--host-key', 'strict'], user(''), []);
    expect(strict).toMatch(/^error: 127\.0\.0\.1 is not known/);
  });

  test('nobody is asked anything in CI', async () => {
    server = await sshServer(rule);
    const shown = await atTerminal(['device', 'check', 'bpi'], { ...user(server.knownHost), CI: 'true' }, []);
    expect(shown).toContain('hint: a password is asked for at a terminal only');
    expect(server.logins).toEqual([]);
  });
});
