import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RemoteError } from '../errors.js';
import { runProcess } from '../process.js';
import type { Environment } from '../toolchain.js';
import { sourcesList, type AptSource } from './sources.js';

export interface PrivateAptOptions {
  /** An empty folder for apt's state; removed by whoever made it. */
  readonly work: string;
  readonly sources: readonly AptSource[];
  /** dpkg's name of the architecture; this machine's by default. */
  readonly architecture?: string;
  readonly env: Environment;
}

/**
 * apt with state, cache and sources of its own, as if nothing were installed: needs no root and touches nothing of the
 * machine. apt checks the signatures of what it downloads.
 */
export class PrivateApt {
  readonly #work: string;
  readonly #flags: readonly string[];
  readonly #env: Environment;

  private constructor(work: string, flags: readonly string[], env: Environment) {
    this.#work = work;
    this.#flags = flags;
    this.#env = { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  }

  /** Reads the package lists. Throws RemoteError `tool-missing` when the mirror cannot be reached or is not signed. */
  static async open({ work, sources, architecture, env }: PrivateAptOptions): Promise<PrivateApt> {
    for (const folder of ['state/lists/partial', 'cache/archives/partial', 'sources', 'log']) {
      await mkdir(join(work, folder), { recursive: true });
    }
    await writeFile(join(work, 'status'), '');
    await writeFile(join(work, 'sources', 'release.list'), sourcesList(sources));
    const settings: Readonly<Record<string, string>> = {
      'Dir::State': join(work, 'state'),
      'Dir::State::status': join(work, 'status'),
      'Dir::Cache': join(work, 'cache'),
      'Dir::Log': join(work, 'log'),
      'Dir::Etc::sourcelist': '/dev/null',
      'Dir::Etc::sourceparts': join(work, 'sources'),
      'APT::Sandbox::User': '',
      ...(architecture === undefined ? {} : { 'APT::Architecture': architecture, 'APT::Architectures': architecture }),
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    const apt = new PrivateApt(work, flags, env);
    await apt.#run('apt-get', ['update', '--error-on=any']);
    return apt;
  }

  /** Whether the release has a package of that name. */
  async available(name: string): Promise<boolean> {
    return /Candidate: (?!\(none\))/.test(await this.#run('apt-cache', ['policy', name]));
  }

  /** Downloads packages and all they depend on; returns the paths of the .deb files. */
  async download(names: readonly string[]): Promise<readonly string[]> {
    await this.#run('apt-get', ['install', '-y', '--no-install-recommends', '--download-only', ...names]);
    const archives = join(this.#work, 'cache', 'archives');
    return (await readdir(archives)).filter((name) => name.endsWith('.deb')).map((name) => join(archives, name));
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    const result = await runProcess([command, ...this.#flags, ...args], { env: this.#env }).catch((): never => {
      throw new RemoteError('tool-missing', `this system has no ${command}`);
    });
    if (result.exitCode === 0) return result.stdout;
    const lines = result.stderr.split('\n').filter((line) => /^[EW]:/.test(line));
    throw new RemoteError('tool-missing', `${command} ${args[0] ?? ''} failed`, lines.slice(0, 5));
  }
}
