import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readFingerprint, FingerprintStore, type Fingerprint } from '../board/fingerprint.js';
import { requireFit } from '../board/fit.js';
import { requireCompiler } from '../board/compiler.js';
import type { Machine } from '../board/machine.js';
import { boardProbe, PROBE_FLAGS, PROBE_SOURCE } from '../board/probe.js';
import { describeDevice, fingerprintKey, type BoardDevice } from '../device.js';
import { RemoteError } from '../errors.js';
import type { Executor, OpenOptions } from '../executor.js';
import type { Environment, Toolchain } from '../toolchain.js';
import { connect } from './connect.js';
import type { HostKeyPolicy } from './host-key.js';
import { ObjectStore } from './object-store.js';
import { SecretMemory, type Prompts } from './prompts.js';
import { SshSession } from './session.js';
import { SshWorkspace } from './workspace.js';

/** What connecting takes besides the address. */
export interface SshOptions {
  readonly hostKeys: HostKeyPolicy;
  /** Absent where there is no terminal. */
  readonly prompts?: Prompts | undefined;
  readonly log: (text: string) => void;
  readonly progress?: ((path: string, sent: number, size: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly connectMs?: number;
  readonly keepAliveMs?: number;
  readonly reconnectMs?: number;
}

export interface SshContext {
  readonly env: Environment;
  readonly cacheDir: string;
  readonly toolchain: () => Promise<Toolchain>;
  readonly ssh: SshOptions;
}

const CONNECT_MS = 20_000;
const KEEP_ALIVE_MS = 10_000;
const RECONNECT_MS = 120_000;
const QUOTA_MEGABYTES = 4000;
const PROBE_MS = 60_000;

/** Runs programs on a board over SSH. Nothing is connected before something is to be done. */
export class SshExecutor implements Executor {
  readonly device: BoardDevice;
  readonly session: SshSession;
  readonly store: ObjectStore;
  readonly #context: SshContext;
  #fingerprint: Fingerprint | undefined;

  constructor(device: BoardDevice, context: SshContext) {
    const { ssh, env } = context;
    const secrets = new SecretMemory(ssh.prompts);
    const { connectMs = CONNECT_MS, keepAliveMs = KEEP_ALIVE_MS } = ssh;
    this.device = device;
    this.#context = context;
    const options = {
      name: describeDevice(device),
      policy: ssh.hostKeys,
      prompts: ssh.prompts,
      log: ssh.log,
      secrets,
      keepAliveMs,
      signal: ssh.signal,
    };
    this.session = new SshSession({
      name: describeDevice(device),
      connect: (timeoutMs = connectMs) => connect(device.address, env, { ...options, timeoutMs }),
      reconnectMs: ssh.reconnectMs ?? RECONNECT_MS,
      log: ssh.log,
    });
    this.store = new ObjectStore(this.session, {
      folder: device.folder,
      quotaKilobytes: 1000 * (device.quotaMegabytes ?? QUOTA_MEGABYTES),
      log: ssh.log,
      progress: ssh.progress,
    });
  }

  get machine(): Machine {
    return { shell: this.session, fingerprint: (fresh) => this.fingerprint(fresh) };
  }

  async open(directory: string, options: OpenOptions = {}): Promise<SshWorkspace> {
    if (options.march !== undefined) requireFit(this.session.name, await this.fingerprint(), options.march);
    const workspace = this.#workspace(this.device.runner ?? []);
    const names = options.files ?? (await filesBelow(directory));
    try {
      await workspace.putAll(new Map(names.map((name) => [name, join(directory, name)])));
    } catch (error) {
      await workspace.close();
      throw error;
    }
    return workspace;
  }

  /** A stored fingerprint is that of the machine as long as it has not been started anew. */
  async fingerprint(fresh = false): Promise<Fingerprint> {
    if (this.#fingerprint !== undefined && !fresh) return this.#fingerprint;
    const store = new FingerprintStore(this.#context.cacheDir);
    const key = fingerprintKey(this.device);
    const stored = fresh ? undefined : await store.read(key);
    const identity = (await this.session.connection()).hostKey;
    if (stored?.identity === identity && stored.boot !== '' && stored.boot === (await this.store.boot())) {
      return (this.#fingerprint = stored);
    }
    const read = await readFingerprint(this.session, identity, () => this.#probe());
    await store.write(key, read);
    return (this.#fingerprint = read);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  #workspace(runner: readonly string[]): SshWorkspace {
    return new SshWorkspace(this.session, this.store, runner);
  }

  /** Compiled here, or there when there is no cross compiler here. */
  async #probe(): Promise<string> {
    const workspace = this.#workspace(this.device.runner ?? []);
    try {
      const toolchain = await this.#context.toolchain().catch((error: unknown) => {
        if (error instanceof RemoteError && error.code === 'tool-missing') return undefined;
        throw error;
      });
      if (toolchain === undefined) await this.#compileProbe(workspace);
      else await workspace.put(await boardProbe(this.#context.cacheDir, toolchain, this.#context.env), 'probe');
      const result = await workspace.exec(['probe'], { timeoutMs: PROBE_MS });
      // A machine of another kind cannot run it, and that says enough.
      return result.exitCode === 0 ? result.stdout : '';
    } finally {
      await workspace.close();
    }
  }

  async #compileProbe(workspace: SshWorkspace): Promise<void> {
    await workspace.put(PROBE_SOURCE, 'probe.c');
    const bare = await readFingerprint(this.session, '', () => Promise.resolve(''));
    const { name } = requireCompiler(this.session.name, bare);
    await workspace.command([name, ...PROBE_FLAGS, '-o', 'probe', 'probe.c'], { timeoutMs: PROBE_MS });
  }
}

/** All files below a folder, but for hidden ones and what lies in hidden folders. */
async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length).replace(/^\/+/, ''))
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')));
}
