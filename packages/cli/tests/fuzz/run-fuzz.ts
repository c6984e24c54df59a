import { runProcess, type RunResult } from '@ait-rvv/remote';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../../tools/fuzz/main.mjs', import.meta.url));

/** Runs the fuzzer as `npm run fuzz` does. */
export function runFuzz(...argv: readonly string[]): Promise<RunResult> {
  return runProcess([process.execPath, main, ...argv], { env: process.env });
}

/** Every kind of file that is damaged: the names `--format` takes. */
export const FUZZED = [
  ...['onnx', 'manifest', 'npy', 'npz', 'safetensors'],
  ...['plan', 'core', 'profile', 'baseline'],
  ...['tuning-lines', 'tuning-database'],
] as const;
