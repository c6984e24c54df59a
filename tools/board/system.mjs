import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { childrenOf, commandOf, kill, namespaceOf, withVariable } from './processes.mjs';

const init = fileURLToPath(new URL('init.sh', import.meta.url));
const START_MS = 20_000;

/**
 * The running system of a board: namespaces with a root of their own. `plain` is a system without them, for kernels
 * that let nobody register an emulator in a namespace (before 6.7): there sessions land in this machine's own system.
 */
export class BoardSystem {
  #state;
  #userland;
  #options;
  #process;

  constructor(state, userland, options) {
    this.#state = state;
    this.#userland = userland;
    this.#options = options;
  }

  async start() {
    mkdirSync(join(this.#state, 'root'), { recursive: true });
    writeFileSync(join(this.#state, 'cpu'), `${this.#options.cpu}\n`);
    if (this.#options.plain) return;
    writeSysfs(join(this.#state, 'sys'));
    writeFileSync(join(this.#state, 'userland'), `${this.#userland.root}\n`);
    const ready = join(this.#state, 'ready');
    rmSync(ready, { force: true });
    const flags = ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'];
    const argv = [...flags, '/bin/sh', init, this.#userland.root, this.#state, this.#userland.qemu];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', BOARD_DISK: this.#options.disk ?? '' };
    let said = '';
    const child = spawn('unshare', argv, { stdio: ['pipe', 'ignore', 'pipe'], env, detached: true });
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    for (const one of [child, child.stdin, child.stderr]) one.unref();
    let ended = false;
    child.on('error', () => (ended = true));
    child.on('exit', () => (ended = true));
    for (const start = Date.now(); !existsSync(ready); await sleep(20)) {
      if (ended || Date.now() - start > START_MS) {
        kill(child.pid ?? 0);
        throw new NoNamespaces(said.trim().split('\n')[0] || 'unshare has failed');
      }
    }
    this.#process = child;
    writeFileSync(join(this.#state, 'init'), `${this.#init}\n`);
  }

  /** Ends everything that runs on the board. */
  async stop() {
    for (const pid of this.processes()) kill(pid);
    if (this.#process === undefined) return;
    const init = this.#init;
    kill(this.#process.pid);
    for (const start = Date.now(); init !== 0 && commandOf(init) !== '' && Date.now() - start < START_MS;)
      await sleep(20);
    this.#process = undefined;
    for (const name of ['init', 'tmp', 'run']) rmSync(join(this.#state, name), { recursive: true, force: true });
  }

  /** What runs on the board beside its first process. */
  processes() {
    if (this.#options.plain) {
      return withVariable('HOME', join(this.#state, 'root')).filter((pid) => pid !== process.pid);
    }
    const first = this.#init;
    return first === 0 ? [] : namespaceOf(first).filter((pid) => pid !== first && commandOf(pid) !== 'cat');
  }

  get #init() {
    return this.#process === undefined ? 0 : (childrenOf(this.#process.pid)[0] ?? 0);
  }
}

/** The kernel does not let us make the namespaces of a board. */
export class NoNamespaces extends Error {}

/** What a board's kernel says about itself; a test may change it while the board runs. */
function writeSysfs(folder) {
  const file = (path, text) => {
    const place = join(folder, path);
    if (existsSync(place)) return;
    mkdirSync(join(place, '..'), { recursive: true });
    writeFileSync(place, text);
  };
  file('firmware/devicetree/base/model', 'Emulated RISC-V board\0');
  file('class/thermal/thermal_zone0/temp', '45000\n');
  const policy = 'devices/system/cpu/cpufreq/policy0';
  file(`${policy}/scaling_governor`, 'performance\n');
  file(`${policy}/scaling_cur_freq`, '1600000\n');
  file(`${policy}/cpuinfo_max_freq`, '1600000\n');
}
