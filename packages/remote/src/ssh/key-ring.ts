import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';
import type { ResolvedHost } from './config.js';
import { openKeyFile, readKeyFile, type KeyFile } from './key-file.js';
import type { SecretMemory } from './prompts.js';

const { BaseAgent, OpenSSHAgent, utils } = ssh2;

const ATTEMPTS = 3;

/**
 * All keys that may open a host, as one agent: those of the user's agent and those of the identity files. A file is
 * decrypted only when the host has said that it accepts its key, so that no passphrase is asked for in vain.
 */
export class KeyRing extends BaseAgent<Buffer> {
  readonly #host: ResolvedHost;
  readonly #secrets: SecretMemory;
  readonly #agent: InstanceType<typeof OpenSSHAgent> | undefined;
  readonly #files = new Map<string, KeyFile>();
  readonly #held = new Set<string>();
  readonly #tried: string[] = [];

  constructor(host: ResolvedHost, secrets: SecretMemory) {
    super();
    this.#host = host;
    this.#secrets = secrets;
    this.#agent = host.agentSocket === undefined ? undefined : new OpenSSHAgent(host.agentSocket);
  }

  /** What was tried and why it could not be, for the message when the host refuses all of it. */
  get tried(): readonly string[] {
    return this.#tried;
  }

  override getIdentities(callback: IdentityCallback<Buffer>): void {
    this.#identities().then(
      (keys) => callback(null, keys),
      (error: unknown) => callback(error as Error),
    );
  }

  override sign(
    key: Buffer,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const done = typeof options === 'function' ? options : callback;
    const given = typeof options === 'function' ? {} : options;
    const parsed = utils.parseKey(key);
    const id = (parsed instanceof Error ? key : parsed.getPublicSSH()).toString('base64');
    if (this.#held.has(id) && this.#agent !== undefined) {
      this.#agent.sign(key, data, given, done);
      return;
    }
    this.#open(id).then(
      (opened) => {
        const signature = opened.sign(data, given.hash);
        if (signature instanceof Error) done?.(signature);
        else done?.(null, signature);
      },
      (error: unknown) => done?.(error as Error),
    );
  }

  async #identities(): Promise<Buffer[]> {
    const files = this.#readFiles();
    const ids = new Set(files.keys());
    const held = (await this.#heldKeys()).filter(
      (key) => !this.#host.identitiesOnly || ids.has(key.toString('base64')),
    );
    for (const key of held) this.#held.add(key.toString('base64'));
    if (held.length > 0) this.#tried.push(`${held.length} key${held.length === 1 ? '' : 's'} of the agent`);
    const own: Buffer[] = [];
    for (const [id, file] of files) {
      this.#tried.push(file.path);
      if (this.#held.has(id)) continue;
      this.#files.set(id, file);
      own.push(Buffer.from(id, 'base64'));
    }
    return [...held, ...own, ...(await this.#hiddenKeys())];
  }

  #hidden: readonly KeyFile[] = [];

  /** Key files by their public key; those whose public key is hidden go to {@link #hidden}. */
  #readFiles(): Map<string, KeyFile> {
    const found = new Map<string, KeyFile>();
    for (const path of this.#host.identityFiles) {
      const file = readKeyFile(path);
      if (file === undefined) continue;
      if (typeof file === 'string') this.#tried.push(`${path} (${file})`);
      else if (file.publicKey === undefined) this.#hidden = [...this.#hidden, file];
      else found.set(file.publicKey.toString('base64'), file);
    }
    return found;
  }

  /** Old formats encrypt the public key, too: these are asked for at once. */
  async #hiddenKeys(): Promise<Buffer[]> {
    const keys: Buffer[] = [];
    for (const file of this.#hidden) {
      this.#tried.push(file.path);
      const opened = await this.#unlock(file).catch(() => undefined);
      if (opened === undefined) continue;
      const key = opened.getPublicSSH();
      this.#files.set(key.toString('base64'), file);
      keys.push(key);
    }
    return keys;
  }

  #heldKeys(): Promise<Buffer[]> {
    return new Promise((resolve) => {
      if (this.#agent === undefined) {
        resolve([]);
        return;
      }
      this.#agent.getIdentities((error, keys) => {
        if (error) {
          this.#tried.push('the agent (it does not answer)');
          resolve([]);
        } else {
          const parsed = (keys ?? []).map((key) => utils.parseKey(key as ParsedKey));
          resolve(parsed.flatMap((key) => (key instanceof Error ? [] : [key.getPublicSSH()])));
        }
      });
    });
  }

  #open(id: string): Promise<ParsedKey> {
    const file = this.#files.get(id);
    if (file === undefined) return Promise.reject(new Error('there is no such key'));
    return this.#unlock(file);
  }

  async #unlock(file: KeyFile): Promise<ParsedKey> {
    if (!file.encrypted) return openOrFail(openKeyFile(file.path, undefined));
    const question = `passphrase of ${file.path}`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const passphrase = await this.#secrets.ask(question);
      if (passphrase === undefined) break;
      const opened = openKeyFile(file.path, passphrase);
      if (opened !== undefined) return opened;
      this.#secrets.forget(question);
    }
    this.#tried.push(`${file.path} (its passphrase is not known)`);
    throw new Error('the passphrase is not known');
  }
}

function openOrFail(key: ParsedKey | undefined): ParsedKey {
  if (key === undefined) throw new Error('the key cannot be read');
  return key;
}
