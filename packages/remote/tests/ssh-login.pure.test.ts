import { SshExecutor, type Prompts, type RemoteError, type SshOptions } from '@ait-rvv/remote';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { keyPair, sshServer, type LoginRule, type TestServer } from '../../../tools/testing/ssh-server.js';

const SECRET = 'correct horse battery';
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(rule: LoginRule): Promise<TestServer> {
  const server = await sshServer(rule);
  open.push(() => server.close());
  return server;
}

interface Client {
  readonly executor: SshExecutor;
  readonly home: string;
  readonly log: string[];
  /** Questions that were asked. */
  readonly asked: string[];
}

/** A user at a terminal who answers these, one after another; `undefined` answers are given up questions. */
function client(
  server: Pick<TestServer, 'port' | 'knownHost'>,
  answers: readonly (string | undefined)[] | 'no terminal',
  options: Partial<SshOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Client {
  const home = scratchFolder();
  mkdirSync(join(home, '.ssh'));
  for (const [name, text] of Object.entries({ known_hosts: server.knownHost, ...files })) {
    writeFileSync(join(home, '.ssh', name), text);
    chmodSync(join(home, '.ssh', name), 0o600);
  }
  const log: string[] = [];
  const asked: string[] = [];
  const left = answers === 'no terminal' ? [] : [...answers];
  const secret = (question: string): Promise<string | undefined> => {
    asked.push(question);
    return Promise.resolve(left.shift());
  };
  const prompts: Prompts = { secret, confirm: async (question) => (await secret(question)) === 'yes' };
  const executor = new SshExecutor(
    { kind: 'ssh', name: 'bpi', address: { host: '127.0.0.1', port: server.port, user: 'me' } },
    {
      env: { HOME: home, PATH: '' },
      cacheDir: join(home, 'cache'),
      toolchain: () => Promise.reject(new Error('not needed')),
      ssh: {
        hostKeys: 'strict',
        ...(answers === 'no terminal' ? {} : { prompts }),
        log: (text) => void log.push(text),
        ...options,
      },
    },
  );
  open.push(() => executor.close());
  return { executor, home, log, asked };
}

const failure = (executor: SshExecutor): Promise<RemoteError> =>
  executor.session.connection().then(
    () => Promise.reject(new Error('it has connected')),
    (error: unknown) => error as RemoteError,
  );

describe('a password', () => {
  const rule: LoginRule = (_, login) => login === `password:${SECRET}` || ['password'];

  test('is asked for once, also when the connection is made anew', async () => {
    const server = await serve(rule);
    const { executor, asked } = client(server, [SECRET]);
    (await executor.session.connection()).destroy();
    await executor.session.run('echo', ['x']);
    expect(asked).toEqual(['password of me@127.0.0.1']);
    expect(server.logins).toEqual([`password:${SECRET}`, `password:${SECRET}`]);
  });

  test('that is wrong is asked for again, three times at most', async () => {
    const server = await serve(rule);
    expect((await client(server, ['no', SECRET]).executor.session.connection()).alive).toBe(true);
    const wrong = client(server, ['a', 'b', 'c', 'd']);
    expect((await failure(wrong.executor)).message).toBe(
      `me@127.0.0.1:${server.port} refuses the login: tried password`,
    );
    expect(wrong.asked).toHaveLength(3);
  });

  test('is not asked for where there is no terminal', async () => {
    const server = await serve(rule);
    expect(await failure(client(server, 'no terminal').executor)).toMatchObject({
      code: 'connection-refused',
      message: `me@127.0.0.1:${server.port} refuses the login: there was no key to try`,
      hints: ['a password is asked for at a terminal only'],
    });
    expect(server.logins).toEqual([]);
  });

  test('the user may give up', async () => {
    const server = await serve(rule);
    expect((await failure(client(server, [undefined]).executor)).code).toBe('connection-refused');
  });

  test('also answers what is asked for interactively', async () => {
    const server = await serve((context) => {
      if (context.method !== 'keyboard-interactive') return ['keyboard-interactive'];
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        if (answers[0] === SECRET) context.accept();
        else context.reject(['keyboard-interactive']);
      });
      return undefined;
    });
    const { executor, asked } = client(server, [SECRET]);
    await executor.session.connection();
    expect(asked).toEqual(['password of me@127.0.0.1']);
    expect(server.logins).toEqual(['keyboard-interactive']);
  });

  test('is in no file, no message and no log', async () => {
    const server = await serve(() => ['password']);
    const { executor, home, log } = client(server, [SECRET, SECRET, SECRET]);
    const error = await failure(executor);
    expect(server.logins).toContain(`password:${SECRET}`);
    expect(JSON.stringify([error.message, error.hints, error.stack, log])).not.toContain(SECRET);
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(SECRET);
    expect(JSON.stringify(executor)).not.toContain(SECRET);
  });
});

describe('a key file', () => {
  const own = keyPair({ passphrase: SECRET });
  const blob = own.public.split(' ')[1] ?? '';
  const accepts: LoginRule = (context) =>
    (context.method === 'publickey' && context.key.data.toString('base64') === blob) || ['publickey'];

  test('behind a passphrase is opened when the host accepts its key', async () => {
    const server = await serve(accepts);
    const { executor, asked, home } = client(server, ['wrong', SECRET], {}, { id_ed25519: own.private });
    await executor.session.connection();
    const question = `passphrase of ${join(home, '.ssh/id_ed25519')}`;
    expect(asked).toEqual([question, question]);
    expect(server.logins).toEqual(['publickey:ssh-ed25519?', 'publickey:ssh-ed25519!']);
  });

  test('that the host does not accept is not opened', async () => {
    const server = await serve(() => ['publickey']);
    const { executor, asked, home } = client(server, [SECRET], {}, { id_ed25519: own.private });
    expect(await failure(executor)).toMatchObject({
      message: `me@127.0.0.1:${server.port} refuses the login: tried ${join(home, '.ssh/id_ed25519')}`,
      hints: [`put a key there with ssh-copy-id -p ${server.port} me@127.0.0.1`],
    });
    expect(asked).toEqual([]);
  });

  test('in the old format is asked for at once, since its public key is hidden', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: SECRET },
    });
    const server = await serve((context) => context.method === 'publickey' || ['publickey']);
    const { executor, asked } = client(server, [SECRET], {}, { id_rsa: privateKey });
    await executor.session.connection();
    expect(asked).toHaveLength(1);
    expect(server.logins).toEqual(['publickey:ssh-rsa?', 'publickey:ssh-rsa!']);
  });

  test('that others may read, or that is none, is said to be so', async () => {
    const server = await serve(() => ['publickey']);
    const { executor, home } = client(server, [], {}, { id_ed25519: own.private, id_rsa: 'nonsense' });
    chmodSync(join(home, '.ssh/id_ed25519'), 0o644);
    expect((await failure(executor)).message).toBe(
      `me@127.0.0.1:${server.port} refuses the login: ` +
        `tried ${join(home, '.ssh/id_ed25519')} (others may read it; chmod 600 it), ` +
        `${join(home, '.ssh/id_rsa')} (it is of a kind that is not supported)`,
    );
  });

  test('and its passphrase are in no message', async () => {
    const server = await serve((context) => {
      if (context.method === 'publickey' && context.signature !== undefined) return ['publickey'];
      return context.method === 'publickey' || ['publickey'];
    });
    const { executor, log } = client(server, [SECRET], {}, { id_ed25519: own.private });
    const error = await failure(executor);
    expect(JSON.stringify([error.message, error.hints, error.stack, log])).not.toContain(SECRET);
  });
});

describe('a host that is not known', () => {
  const anyone: LoginRule = () => true;

  test('is asked about at a terminal, and recorded when the user says yes', async () => {
    const server = await serve(anyone);
    const stranger = { port: server.port, knownHost: 'other ssh-rsa AAAA' };
    const refused = client(stranger, ['no'], { hostKeys: 'ask' });
    expect((await failure(refused.executor)).message).toMatch(/^127\.0\.0\.1 is not known; its host key is SHA256:/);
    const { executor, home, asked } = client(stranger, ['yes'], { hostKeys: 'ask' });
    await executor.session.connection();
    expect(asked[0]).toMatch(/^127\.0\.0\.1 is not known; its host key is SHA256:\S+ \(ssh-ed25519\)\. Connect\?$/);
    // The line that had no end got one first.
    expect(readFileSync(join(home, '.ssh/known_hosts'), 'utf8')).toBe(`other ssh-rsa AAAA\n${server.knownHost}`);
  });

  test('is recorded hashed where the configuration says so', async () => {
    const server = await serve(anyone);
    const config = { config: 'HashKnownHosts yes\n' };
    const { executor, home } = client({ ...server, knownHost: '' }, [], { hostKeys: 'accept-new' }, config);
    await executor.session.connection();
    const text = readFileSync(join(home, '.ssh/known_hosts'), 'utf8');
    expect(text).toMatch(/^\|1\|\S+\|\S+ ssh-ed25519 \S+\n$/);
    const again = client({ ...server, knownHost: text }, []);
    expect((await again.executor.session.connection()).alive).toBe(true);
  });
});

describe('a host that does not answer', () => {
  /** A TCP server that does this with every connection. */
  async function silent(meet: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      open.push(() => socket.destroy());
      meet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  test.each<readonly [string, (socket: Socket) => void, RegExp]>([
    ['at all', () => undefined, /does not answer$/],
    ['with SSH', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /ends the connection/],
    ['but hangs up', (socket) => void socket.end(), /ends the connection/],
  ])('%s', async (_, meet, message) => {
    const port = await silent(meet);
    const { executor } = client({ port, knownHost: '' }, [], { connectMs: 500 });
    const error = await failure(executor);
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(message);
  });

  test('because nothing is there', async () => {
    const port = await silent(() => undefined);
    for (const close of open.splice(0)) await close();
    const { executor } = client({ port, knownHost: '' }, []);
    expect((await failure(executor)).message).toBe(`nothing listens at 127.0.0.1:${port}`);
  });
});
