import type { Command as AnyCommand, CommandContext } from '@ait-rvv/command';
import { defaultCacheDir, defaultConfigDir, requireToolchain, type Toolchain } from '@ait-rvv/remote';
import { cpus } from 'node:os';

/** What commands may know of the world around them. */
export interface Context extends CommandContext {
  readonly cacheDir: string;
  readonly configDir: string;
  readonly jobs: number;
  readonly toolchain: () => Promise<Toolchain>;
}

export type Command = AnyCommand<Context>;

export function createContext(base: CommandContext): Context {
  const cacheDir = defaultCacheDir(base.env);
  let toolchain: Promise<Toolchain> | undefined;
  return {
    ...base,
    cacheDir,
    configDir: defaultConfigDir(base.env),
    jobs: cpus().length,
    toolchain: () => (toolchain ??= requireToolchain(base.env, cacheDir)),
  };
}
