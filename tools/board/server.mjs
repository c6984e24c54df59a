import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { childrenOf, commandOf, kill, send } from './processes.mjs';

const guard = fileURLToPath(new URL('guard.sh', import.meta.url));
const session = fileURLToPath(new URL('session.sh', import.meta.url));
const START_MS = 20_000;

/** A real sshd on loopback whose sessions land on a board. Runs as whoever starts it, and lets only them in. */
export class SshServer {
  user = userInfo().username;
  port = 0;
  #state;
  #server;
  #options;
  #process;

  constructor(state, server, options) {
    this.#state = state;
    this.#server = server;
    this.#options = options;
  }

  /** The public host key, as it stands in known_hosts after the name. */
  get hostKey() {
    return readFileSync(join(this.#state, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ').trim();
  }

  async start() {
    mkdirSync(this.#state, { recursive: true });
    if (!existsSync(join(this.#state, 'host_key'))) this.makeKey('host_key');
    if (!existsSync(join(this.#state, 'user_key'))) this.makeKey('user_key');
    if (this.port === 0) this.port = await freePort();
    writeFileSync(join(this.#state, 'sshd_config'), this.#config());
    const log = openSync(join(this.#state, 'sshd.log'), 'a');
    const sshd = [this.#server.sshd, '-D', '-e', '-f', join(this.#state, 'sshd_config')];
    const [command, ...args] = process.getuid?.() === 0 ? this.#asRoot(sshd) : sshd;
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LD_LIBRARY_PATH: this.#server.libraries };
    const guarded = ['/bin/sh', guard, command, ...args];
    this.#process = spawn(guarded[0], guarded.slice(1), { stdio: ['pipe', log, log], env, detached: true });
    this.#process.unref();
    this.#process.stdin.unref();
    closeSync(log);
    const { pid } = this.#process;
    for (const start = Date.now(); !(await answers(this.port)); await sleep(20)) {
      if (Date.now() - start > START_MS || commandOf(pid) === '') {
        throw new Error(`sshd does not start: ${readFileSync(join(this.#state, 'sshd.log'), 'utf8').slice(-500)}`);
      }
    }
  }

  /** Ends the server and all connections. */
  async stop() {
    if (this.#process === undefined) return;
    const { pid } = this.#process;
    this.#process = undefined;
    for (const one of descendants(pid)) kill(one);
    kill(pid);
    for (const start = Date.now(); (await answers(this.port)) && Date.now() - start < START_MS;) await sleep(20);
  }

  /** Ends the connections, not the server. Returns how many there were. */
  cut() {
    const connections = this.#connections();
    for (const one of connections) kill(one);
    return connections.length;
  }

  /** Makes the connections silent, as when a cable is pulled. Returns what makes them go on. */
  freeze() {
    const connections = this.#connections();
    for (const one of connections) send(one, 'SIGSTOP');
    return () => connections.forEach((one) => send(one, 'SIGCONT'));
  }

  #connections() {
    const listeners = this.#process === undefined ? [] : childrenOf(this.#process.pid);
    return listeners.flatMap(descendants);
  }

  /** Makes a key pair in the state folder; a passphrase protects it. Returns the path of the private one. */
  makeKey(name, passphrase = '', type = 'ed25519') {
    const path = join(this.#state, name);
    this.run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'board', '-f', path]);
    return path;
  }

  /** Runs a tool of the OpenSSH client and returns what it prints. */
  run(tool, args, more = {}) {
    const env = { PATH: '/usr/bin:/bin', HOME: this.#state, LD_LIBRARY_PATH: this.#server.libraries, ...more };
    const { status, stdout, stderr } = spawnSync(this.#server.client(tool), args, { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  #config() {
    const place = (name) => join(this.#state, name);
    const lines = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${place('host_key')}`,
      `AuthorizedKeysFile ${place('user_key.pub')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      'MaxStartups 50',
      'LogLevel VERBOSE',
      `ForceCommand /bin/sh ${session} ${this.#state}`,
      ...(this.#options.sftp === false
        ? []
        : [`Subsystem sftp ${this.#options.plain ? this.#server.sftp : '/usr/lib/openssh/sftp-server'}`]),
    ];
    return `${lines.join('\n')}\n`;
  }

  /** As root sshd wants a user of its own and a folder in /run; it gets both in a mount namespace, not on the machine. */
  #asRoot(sshd) {
    const users = join(this.#state, 'sshd_users');
    writeFileSync(users, `root:x:0:0:root:/root:/bin/sh\nsshd:x:74:74::/run/sshd:/usr/sbin/nologin\n`);
    const script = [
      'mount --make-rprivate /',
      'mount --bind "$1" /etc/passwd',
      'mount -t tmpfs none /run',
      'mkdir -m 755 /run/sshd',
      'shift',
      'exec "$@"',
    ].join(' && ');
    return ['unshare', '--mount', '/bin/sh', '-c', script, 'sh', users, ...sshd];
  }
}

/** All sshd processes below one. */
function descendants(pid) {
  return childrenOf(pid)
    .flatMap((child) => [child, ...descendants(child)])
    .filter((one) => commandOf(one).startsWith('sshd'));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
