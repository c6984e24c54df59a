import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ClientChannel, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { RemoteError } from '../errors.js';
import type { ShellCommand } from '../shell/quote.js';
import type { ResolvedHost } from './config.js';
import { HostKeyCheck, type HostKeyOptions } from './host-key.js';
import { keyFingerprint } from './known-hosts.js';
import { createLogin, type Login } from './login.js';
import { RemoteCommand } from './remote-command.js';
import type { SecretMemory } from './prompts.js';

export interface ConnectOptions extends HostKeyOptions {
  /** What messages call the host. */
  readonly name: string;
  readonly secrets: SecretMemory;
  /** For connecting and for opening a channel. */
  readonly timeoutMs: number;
  /** How often a silent connection is asked whether it lives; after three times without answer it is lost. */
  readonly keepAliveMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ciphers in the order of their speed here: those that processors have instructions for first. The host has the last
 * word on which it accepts.
 */
const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const;

/** An SSH connection to a host that was recognised and has let us in. Several channels go through it at once. */
export class Connection {
  readonly host: ResolvedHost;
  /** Fingerprint of the key the host has shown. */
  readonly hostKey: string;
  readonly #client: Client;
  readonly #name: string;
  readonly #timeoutMs: number;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  #alive = true;
  #finish: () => void = () => undefined;
  readonly #waiting = new Set<(error: Error) => void>();

  private constructor(host: ResolvedHost, hostKey: string, client: Client, options: ConnectOptions) {
    this.host = host;
    this.hostKey = hostKey;
    this.#client = client;
    this.#name = options.name;
    this.#timeoutMs = options.timeoutMs;
    this.ended = new Promise((resolve) => (this.#finish = resolve));
    client.once('close', () => this.#over());
    client.on('error', () => this.destroy());
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Connects and logs in, through `stream` when the host is behind another one. Throws RemoteError
   * `connection-refused` (wrong host key, login refused) or `unreachable`.
   */
  static async open(host: ResolvedHost, options: ConnectOptions, stream?: Duplex): Promise<Connection> {
    const client = new ssh2.Client();
    try {
      const hostKey = await logIn(client, host, options, stream);
      return new Connection(host, hostKey, client, options);
    } catch (error) {
      client.destroy();
      stream?.destroy();
      throw error;
    }
  }

  /** Runs a command on the host; its streams are the caller's to drain, or it never ends. */
  exec(command: ShellCommand): Promise<RemoteCommand> {
    return this.#request('run a command', (done) =>
      this.#client.exec(command, (error, channel) => {
        if (error === undefined) done(undefined, new RemoteCommand(channel));
        else done(error);
      }),
    );
  }

  sftp(): Promise<SFTPWrapper> {
    return this.#request('open sftp', (done) => this.#client.sftp(done));
  }

  /** A TCP connection from the host to another one. */
  forward(to: string, port: number): Promise<ClientChannel> {
    return this.#request('forward a connection', (done) => this.#client.forwardOut('127.0.0.1', 0, to, port, done));
  }

  /** Ends the connection politely, and after a moment in any case. */
  async end(): Promise<void> {
    if (!this.#alive) return;
    this.#client.end();
    const hard = setTimeout(() => this.destroy(), 1000);
    await this.ended;
    clearTimeout(hard);
  }

  /** Ends it at once. */
  destroy(): void {
    this.#client.destroy();
    this.#over();
  }

  /** From now on nothing works here, and whoever waits is told. */
  #over(): void {
    this.#alive = false;
    this.#finish();
    for (const reject of this.#waiting) reject(this.lost());
  }

  /** The error for what was cut off by the end of the connection. */
  lost(): RemoteError {
    return new RemoteError('connection-lost', `the connection to ${this.#name} was lost`);
  }

  /** A promise that the end of the connection rejects with `connection-lost`. */
  while<T>(work: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!this.#alive) {
        reject(this.lost());
        return;
      }
      this.#waiting.add(reject);
      const settled =
        <A>(settle: (value: A) => void) =>
        (value: A): void => {
          this.#waiting.delete(reject);
          settle(value);
        };
      work(settled(resolve), settled(reject));
    });
  }

  #request<T>(what: string, start: (done: (error: Error | undefined, result?: T) => void) => void): Promise<T> {
    return this.while((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new RemoteError('connection-lost', `${this.#name} does not answer`));
        this.destroy();
      }, this.#timeoutMs);
      const done = (error: Error | undefined, result?: T): void => {
        clearTimeout(timer);
        if (result !== undefined) resolve(result);
        else if (!this.#alive) reject(this.lost());
        else reject(new RemoteError('device-failed', `${this.#name} refuses to ${what}: ${error?.message ?? ''}`));
      };
      try {
        start(done);
      } catch {
        clearTimeout(timer);
        reject(this.lost());
      }
    });
  }
}

function logIn(
  client: Client,
  host: ResolvedHost,
  options: ConnectOptions,
  stream: Duplex | undefined,
): Promise<string> {
  const keys = new HostKeyCheck(host, options);
  const login = createLogin(host, options.secrets);
  const where = `${host.hostName}:${host.port}`;
  return new Promise((resolve, reject) => {
    let strange: Error | undefined;
    let known: string | undefined;
    const abort = (): void => fail(new RemoteError('interrupted', 'interrupted'));
    const settle = (): void => {
      clearTimeout(patience);
      options.signal?.removeEventListener('abort', abort);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    // A user who is asked may take their time; the host itself may not. Hence no time-out of ssh2's own.
    const late = (): void => fail(new RemoteError('unreachable', `${where} does not answer`));
    const patience = setTimeout(late, options.timeoutMs);
    options.signal?.addEventListener('abort', abort, { once: true });
    client.on('ready', () => {
      settle();
      resolve(known ?? '');
    });
    client.on('error', (error) => {
      // One key of the agent did not sign; the next is tried.
      if (error.level === 'agent') return;
      fail(
        strange ??
          (known !== undefined && error.level === 'client-authentication' ? login.refusal() : explain(error, where)),
      );
    });
    client.on('close', () => fail(strange ?? new RemoteError('unreachable', `${where} ends the connection`)));
    const verify = async (key: Buffer): Promise<boolean> => {
      clearTimeout(patience);
      try {
        await keys.check(key);
        known = keyFingerprint(key);
      } catch (error) {
        strange = error as Error;
      }
      return known !== undefined;
    };
    const config = connectConfig(host, options, keys, login, verify);
    client.connect({ ...config, ...(stream === undefined ? {} : { sock: stream }) });
  });
}

function connectConfig(
  host: ResolvedHost,
  options: ConnectOptions,
  keys: HostKeyCheck,
  login: Login,
  verify: (key: Buffer) => Promise<boolean>,
): ConnectConfig {
  return {
    host: host.hostName,
    port: host.port,
    username: host.user,
    readyTimeout: 0,
    keepaliveInterval: options.keepAliveMs,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: keys.algorithms, cipher: [...CIPHERS] },
    hostVerifier: (key: Buffer, answer: (valid: boolean) => void) => void verify(key).then(answer),
    authHandler: login.handler,
  };
}

function explain(error: Error & { readonly level?: string; readonly code?: string }, where: string): RemoteError {
  const unreachable = (text: string): RemoteError => new RemoteError('unreachable', text);
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new RemoteError('connection-refused', `there is no host ${where}`, [
        'look at the name, and at the network',
      ]);
    case 'ECONNREFUSED':
      return unreachable(`nothing listens at ${where}`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return unreachable(`${where} cannot be reached`);
    default:
      return unreachable(`${where} ends the connection: ${error.message}`);
  }
}
