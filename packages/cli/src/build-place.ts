import { flag, text, UsageError, type OptionDef, type Values } from '@ait-rvv/command';
import type { Backend } from '@ait-rvv/codegen-core';
import { buildOnBoard, buildProgram, collectLibraries } from '@ait-rvv/remote';
import type { Context } from './context.js';
import { CONNECT_OPTIONS } from './device-options.js';
import { libraryFor, openBoard } from './wire.js';

/** Options that say where and with what a program is built. */
export const BUILD_OPTIONS = {
  cc: { type: 'string', describe: 'C compiler command' },
  xnnpack: { type: 'string', describe: 'target xnnpack: folder of your own build of XNNPACK (include/, lib/)' },
  offline: { type: 'boolean', describe: 'fetch nothing' },
  build: {
    type: 'string',
    default: 'local',
    choices: ['local', 'remote'],
    describe: 'cross-compile here, or compile on the board that --device names',
  },
  device: { type: 'string', describe: 'the board that compiles with --build remote' },
  ...CONNECT_OPTIONS,
} as const satisfies Record<string, OptionDef>;

export interface BuildJob {
  readonly goal: 'exe' | 'lib';
  readonly march: string;
  readonly name: string;
  /** Generated files, relative to the folder. */
  readonly files: readonly string[];
}

/** Builds a generated program in its folder. */
export type Build = (folder: string, job: BuildJob) => Promise<void>;

/** Where the program is compiled: with the toolchain of this machine, or by a board. What is missing is said now. */
export async function chooseBuild(backend: Backend, values: Values, context: Context): Promise<Build> {
  const device = text(values, 'device');
  if (text(values, 'build') === 'remote') {
    if (device === undefined) throw new UsageError('--build remote needs --device, the board that compiles');
    return remoteBuild(device, backend, values, context);
  }
  if (device !== undefined) throw new UsageError('--device of compile goes with --build remote');
  return localBuild(backend, values, context);
}

async function remoteBuild(device: string, backend: Backend, values: Values, context: Context): Promise<Build> {
  if (text(values, 'xnnpack') !== undefined) {
    throw new UsageError('--xnnpack names a folder of this machine; with --build remote the board links with its own');
  }
  const compiler = text(values, 'cc');
  const library = backend.platform?.library;
  const board = await openBoard(device, values, context);
  return async (folder, { goal, march, name, files }) => {
    const products = [goal === 'lib' ? `build/lib${name}.so` : `build/${name}`];
    try {
      await buildOnBoard(board, folder, { goal, march, products, files, compiler, library, signal: context.signal });
    } finally {
      await board.close();
    }
  };
}

async function localBuild(backend: Backend, values: Values, context: Context): Promise<Build> {
  const { signal, env, jobs } = context;
  const compiler = text(values, 'cc');
  const toolchain = await context.toolchain();
  const own = { prefix: text(values, 'xnnpack'), offline: flag(values, 'offline') };
  const library = await libraryFor(backend, own, context);
  return async (folder, { goal, march, name }) => {
    await buildProgram(folder, toolchain, {
      goal,
      march,
      jobs,
      env,
      signal,
      ...(compiler === undefined ? {} : { compiler }),
      ...(library === undefined ? {} : { library }),
    });
    if (library !== undefined && goal === 'exe') collectLibraries(folder, `build/${name}`, library, toolchain);
  };
}
