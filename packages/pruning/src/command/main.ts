import { processContext, runCommand, type Environment } from '@ait-rvv/command';
import { readFileSync } from 'node:fs';
import { prune } from './prune.js';

/** Runs one command line of `ait-rvv-prune` and returns its exit code. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  try {
    const program = { name: 'ait-rvv-prune', version: version() };
    return await runCommand(program, { ...prune, example: EXAMPLE }, argv, processContext(env, abort.signal));
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

const EXAMPLE = 'ait-rvv-prune model.onnx --ratio 0.5 -o plan.json --json';

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
