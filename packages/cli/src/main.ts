import { EXIT, failure, processContext, runProgram, type Environment, type Failure } from '@ait-rvv/command';
import { RemoteError, type RemoteErrorCode } from '@ait-rvv/remote';
import { CacheError } from '@ait-rvv/tuning';
import { readFileSync } from 'node:fs';
import { COMMANDS } from './commands/index.js';
import { createContext } from './context.js';

/** Runs one command line of `ait-rvv` and returns its exit code. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  const summary = 'Compiles neural networks to C programs for RISC-V Vector boards.';
  const program = { name: 'ait-rvv', summary, version: version(), commands: COMMANDS, explain: explainOwn };
  try {
    return await runProgram(program, argv, createContext(processContext(env, abort.signal)));
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

const REMOTE_EXITS = {
  'device-unknown': EXIT.device,
  'device-failed': EXIT.device,
  'tool-missing': EXIT.toolMissing,
  'build-failed': EXIT.buildFailed,
  'connection-refused': EXIT.device,
  unreachable: EXIT.device,
  'connection-lost': EXIT.device,
  'timed-out': EXIT.device,
  'device-busy': EXIT.device,
  interrupted: EXIT.interrupted,
} as const satisfies Record<RemoteErrorCode, number>;

/** Errors of the packages that the command line alone puts together. */
function explainOwn(error: unknown): Failure | undefined {
  if (error instanceof CacheError) return failure(EXIT.usage, error.message, 'hint', error.hints);
  if (!(error instanceof RemoteError)) return undefined;
  return failure(REMOTE_EXITS[error.code], error.message, 'hint', error.hints);
}
