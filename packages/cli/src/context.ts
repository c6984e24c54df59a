import { cpus } from 'node:os';
import { defaultCacheDir, requireToolchain, type Environment, type Toolchain } from '@ait-rvv/remote';

/** What commands may know of the world around them. */
export interface Context {
  readonly env: Environment;
  readonly cacheDir: string;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly toolchain: () => Promise<Toolchain>;
  /** The result of the command. */
  print(text: string): void;
  /** Progress and remarks, on stderr. */
  log(text: string): void;
}

export function createContext(env: Environment, signal: AbortSignal): Context {
  const cacheDir = defaultCacheDir(env);
  let toolchain: Promise<Toolchain> | undefined;
  return {
    env,
    cacheDir,
    jobs: cpus().length,
    signal,
    toolchain: () => (toolchain ??= requireToolchain(env, cacheDir)),
    print: (text) => void process.stdout.write(`${text}\n`),
    log: (text) => void process.stderr.write(`${text}\n`),
  };
}
