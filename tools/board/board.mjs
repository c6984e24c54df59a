import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf } from './processes.mjs';
import { SshServer } from './server.mjs';
import { BoardSystem, NoNamespaces } from './system.mjs';
import { fetchUserland } from './userland.mjs';

export { whyNoBoard } from './userland.mjs';

/**
 * A board to talk to: an emulated RISC-V system with a vector unit behind a real SSH server on loopback.
 * Options: `vlen`, `disk` (size of the home folder, such as `8m`), `sftp: false`, `plain: true` (see BoardSystem;
 * chosen by itself when the kernel offers nothing better), `log`.
 */
export async function startBoard({ vlen = 256, disk, sftp = true, plain = false, log = () => undefined } = {}) {
  const userland = await fetchUserland(log);
  const state = mkdtempSync(join(tmpdir(), 'ait-board-'));
  const cpu = `rv64,v=true,vext_spec=v1.0,vlen=${vlen}`;
  let options = { cpu, disk, sftp, plain };
  let system = new BoardSystem(state, userland, options);
  try {
    await system.start();
  } catch (error) {
    if (!(error instanceof NoNamespaces)) throw error;
    log(`this kernel has no emulator in namespaces (${error.message}); the board is a plain one`);
    options = { ...options, plain: true };
    system = new BoardSystem(state, userland, options);
    await system.start();
  }
  const server = new SshServer(state, userland.server, options);
  await server.start();
  return new Board(state, system, server, userland.qemu, options);
}

class Board {
  host = '127.0.0.1';
  /** On this machine: what the board has as its home folder. */
  home;
  state;
  plain;
  #system;
  #server;
  #cpu;
  #qemu;

  constructor(state, system, server, qemu, { plain, cpu }) {
    this.state = state;
    this.home = join(state, 'root');
    this.plain = plain;
    this.#system = system;
    this.#server = server;
    this.#cpu = cpu;
    this.#qemu = qemu;
  }

  get port() {
    return this.#server.port;
  }
  get user() {
    return this.#server.user;
  }
  get hostKey() {
    return this.#server.hostKey;
  }
  /** Path of the private key that opens the board. */
  get key() {
    return join(this.state, 'user_key');
  }
  get address() {
    return `ssh://${this.user}@${this.host}:${this.port}`;
  }
  /** Words that programs need before them; a plain board runs them in an emulator by name. */
  get runner() {
    return this.plain ? [this.#qemu, '-cpu', this.#cpu] : [];
  }
  get knownHost() {
    return `[${this.host}]:${this.port} ${this.hostKey}\n`;
  }

  /** Command lines of what runs on the board; sessions that are being ended are not there any more. */
  processes() {
    return this.#system
      .processes()
      .map(commandOf)
      .filter((command) => command !== '');
  }
  /** Cuts all connections. Returns how many there were. */
  cut() {
    return this.#server.cut();
  }
  freeze() {
    return this.#server.freeze();
  }
  makeKey(name, passphrase, type) {
    return this.#server.makeKey(name, passphrase, type);
  }
  run(tool, args, env) {
    return this.#server.run(tool, args, env);
  }
  serverLog() {
    return readFileSync(join(this.state, 'sshd.log'), 'utf8');
  }
  stopServer() {
    return this.#server.stop();
  }
  startServer() {
    return this.#server.start();
  }

  /** The power goes, and comes back after `work`. */
  async reboot(work = () => Promise.resolve()) {
    await this.#server.stop();
    await this.#system.stop();
    await work();
    await this.#system.start();
    await this.#server.start();
  }

  async stop() {
    await this.#server.stop();
    await this.#system.stop();
    rmSync(this.state, { recursive: true, force: true });
  }
}
