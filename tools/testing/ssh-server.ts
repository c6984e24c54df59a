import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';

const { Server, utils } = ssh2;

/** An SSH server inside of the test, for logins that a real one on this machine cannot be made to ask for. */
export interface TestServer {
  readonly port: number;
  /** Line for known_hosts. */
  readonly knownHost: string;
  /** Logins in the order they were tried: `password:secret`, `publickey:ssh-ed25519?` (asked), `publickey:…!` (signed). */
  readonly logins: readonly string[];
  close(): void;
}

/**
 * What the server makes of a login. `true` lets the client in; a list of methods refuses and names what is left; a rule
 * that returns nothing settles it by itself, later.
 */
export type LoginRule = (context: AuthContext, login: string) => boolean | readonly string[] | undefined;

/** Every command is answered with the text `answer` and exit code 0. */
export async function sshServer(rule: LoginRule, answer = 'hello\n'): Promise<TestServer> {
  const key = keyPair();
  const logins: string[] = [];
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      const login = describe(context);
      if (context.method !== 'none') logins.push(login);
      settle(context, rule(context, login));
    });
    client.on('ready', () => serve(client, answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    knownHost: `[127.0.0.1]:${port} ${key.public.split(' ').slice(0, 2).join(' ')}\n`,
    logins,
    close: () => void server.close(),
  };
}

/** An Ed25519 key pair. ssh2 cannot read every one that it makes. */
export function keyPair(options: { readonly passphrase?: string } = {}): {
  readonly private: string;
  readonly public: string;
} {
  const { passphrase } = options;
  for (;;) {
    const pair =
      passphrase === undefined
        ? utils.generateKeyPairSync('ed25519')
        : utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 4 });
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}

function describe(context: AuthContext): string {
  if (context.method === 'password') return `password:${context.password}`;
  if (context.method === 'publickey')
    return `publickey:${context.key.algo}${context.signature === undefined ? '?' : '!'}`;
  return context.method;
}

function settle(context: AuthContext, verdict: boolean | readonly string[] | undefined): void {
  if (verdict === undefined) return;
  if (verdict === true) context.accept();
  else context.reject(verdict === false ? ['publickey', 'password'] : ([...verdict] as never));
}

function serve(client: Connection, answer: string): void {
  client.on('session', (accept) => {
    const session = accept();
    session.on('exec', (take) => {
      const channel = take();
      channel.write(answer);
      channel.exit(0);
      channel.end();
    });
  });
}
