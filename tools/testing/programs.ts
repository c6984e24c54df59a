import {
  emitProgram,
  lower,
  scheduleGraph,
  selectKernels,
  type Backend,
  type Bundle,
  type Selection,
} from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { XNNPACK_FUNCTIONS } from '@ait-rvv/codegen-xnnpack';
import type { Graph, Pass, Tensor } from '@ait-rvv/ir';
import { readNpz, writeNpz } from '@ait-rvv/ir/weights';
import {
  buildProgram,
  collectLibraries,
  createExecutor,
  defaultCacheDir,
  hostXnnpack,
  parseDevice,
  RemoteError,
  requireToolchain,
  requireXnnpack,
  type ExecResult,
  type FoundLibrary,
  type InstructionCounts,
  type Toolchain,
} from '@ait-rvv/remote';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { scratchFolder } from './scratch.js';

export const VLENS = [128, 256, 512, 1024] as const;

const cacheDir = defaultCacheDir(process.env);

let found: Promise<Toolchain> | undefined;

/** The toolchain; a machine without one fails the test, since the set-up installs it. */
export function toolchain(): Promise<Toolchain> {
  return (found ??= requireToolchain(process.env, cacheDir));
}

export interface Variant {
  /** The target; default: RVV. */
  readonly backend?: Backend;
  /** The scalar twins for this machine, instead of the vector program. */
  readonly scalar?: boolean;
  readonly embed?: boolean;
  /** Gives weights another encoding, as pruning does. */
  readonly encode?: Pass;
  /** Where the program goes, so that what is built already is used again; default: a folder of its own. */
  readonly folder?: string;
  /** Chooses the kernels; default: as the compiler does. */
  readonly select?: (lowered: Graph) => Selection;
  readonly goal?: 'exe' | 'lib' | 'all';
  /** Further flags for the C compiler, appended to -O3. */
  readonly cflags?: string;
  /** Flags for this machine's compiler whenever it compiles or links. */
  readonly hostFlags?: readonly string[];
}

export function writeBundle(bundle: Bundle, folder: string): void {
  for (const [path, bytes] of bundle) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    // What has not changed keeps its date, so that make leaves it alone.
    if (!existsSync(place) || !readFileSync(place).equals(bytes)) writeFileSync(place, bytes);
  }
}

/** Compiles a graph and writes the program into a folder of its own. */
export function emitGraph(graph: Graph, variant: Variant = {}): string {
  const backend = variant.backend ?? rvvBackend();
  const lowered = lower(graph, backend, variant.encode === undefined ? {} : { encode: variant.encode });
  const selection = (variant.select ?? ((g) => selectKernels(g, backend)))(lowered);
  const bundle = emitProgram(scheduleGraph(lowered, selection, backend.join), {
    ...(backend.platform === undefined ? {} : { platform: backend.platform }),
    name: 'net',
    target: backend.id,
    march: backend.target.march,
    source: { model: 'test', sha256: '', shapes: {} },
    embed: variant.embed ?? false,
  });
  const folder = variant.folder ?? scratchFolder();
  writeBundle(bundle, folder);
  return folder;
}

/** The library programs of the variant's target link with: this machine's for scalar programs, else the target's. */
export async function libraryOf({ backend, scalar = false }: Variant): Promise<FoundLibrary | undefined> {
  if (backend?.platform?.library === undefined) return undefined;
  const log = (text: string): void => void process.stderr.write(`${text}\n`);
  const request = { functions: XNNPACK_FUNCTIONS, cacheDir, env: process.env, log };
  return scalar ? hostXnnpack(request) : requireXnnpack(request);
}

/** Builds an emitted program; any warning of the compiler is an error, and the test shows what it said. */
export async function buildFolder(folder: string, variant: Variant = {}): Promise<void> {
  const library = await libraryOf(variant);
  const tools = await toolchain();
  const hostCompiler = [...tools.hostCompiler, ...(variant.hostFlags ?? [])];
  await reported(
    buildProgram(
      folder,
      { ...tools, hostCompiler },
      {
        goal: variant.goal ?? 'exe',
        march: 'rv64gcv',
        jobs: cpus().length,
        env: { ...process.env, CFLAGS: `-O3 -Werror ${variant.cflags ?? ''}` },
        scalar: variant.scalar ?? false,
        ...(library === undefined ? {} : { library }),
      },
    ),
  );
  if (library !== undefined && variant.scalar !== true) collectLibraries(folder, 'build/net', library, tools);
}

/** What a failed build says is worth more in a test than that it failed. */
async function reported<T>(building: Promise<T>): Promise<T> {
  try {
    return await building;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    throw new Error([error.message, ...error.hints].join('\n'), { cause: error });
  }
}

export interface Execution {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly result: ExecResult;
}

/** Runs a built program once on the inputs. */
export async function execute(
  folder: string,
  device: string,
  inputs: ReadonlyMap<string, Tensor>,
  threads = 1,
  further: readonly string[] = [],
): Promise<Execution> {
  const executor = await createExecutor(parseDevice(device), { env: process.env, cacheDir, toolchain });
  const workspace = await executor.open(folder);
  try {
    writeFileSync(join(folder, 'input.npz'), writeNpz(inputs));
    rmSync(join(folder, 'output.npz'), { force: true });
    const argv = [
      'build/net',
      '--input',
      'input.npz',
      '--output',
      'output.npz',
      '--threads',
      String(threads),
      ...further,
    ];
    const result = await workspace.exec(argv);
    if (result.exitCode !== 0)
      throw new Error(`the program ended with ${result.exitCode ?? result.signal ?? '?'}: ${result.stderr}`);
    return { outputs: readTensors(join(folder, 'output.npz')), result };
  } finally {
    await workspace.close();
    await executor.close();
  }
}

/** Instructions one inference of a built program executes on random inputs. */
export async function countRun(folder: string, device: string): Promise<InstructionCounts> {
  const executor = await createExecutor(parseDevice(device), { env: process.env, cacheDir, toolchain });
  const workspace = await executor.open(folder);
  const { counts, exitCode, stderr } = await workspace.exec(['build/net'], { count: true });
  if (counts === undefined) throw new Error(`the program ended with ${exitCode ?? '?'}: ${stderr}`);
  return counts;
}

/** The same for each step of the program, in order. */
export async function countSteps(folder: string, device: string): Promise<readonly number[]> {
  const executor = await createExecutor(parseDevice(device), { env: process.env, cacheDir, toolchain });
  const workspace = await executor.open(folder);
  const { profile, exitCode, stderr } = await workspace.exec(['build/net'], { profile: true });
  if (profile === undefined) throw new Error(`the program ended with ${exitCode ?? '?'}: ${stderr}`);
  return profile.layers.filter(({ step }) => step !== null).map(({ instructions }) => instructions);
}

export function readTensors(path: string): ReadonlyMap<string, Tensor> {
  return readNpz(readFileSync(path), (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size }));
}
