import { explain, EXIT, failure } from '@ait-rvv/command';
import { RemoteError } from '@ait-rvv/remote';
import { CacheError } from '@ait-rvv/tuning';

/** Codes of RemoteError for a file that cannot be used. */
const REFUSALS = new Set(['device-unknown', 'device-failed']);

/**
 * What a reader's error means: `refused` with a diagnostic, or `undefined` after the stack of what is a bug.
 *
 * @returns {{ refused: boolean, text: string }}
 */
export function verdict(error) {
  const { exitCode, lines } = explain(error, (other) => {
    if (other instanceof CacheError) return failure(EXIT.usage, other.message, 'hint', other.hints);
    if (!(other instanceof RemoteError && REFUSALS.has(other.code))) return undefined;
    return failure(EXIT.device, other.message, 'hint', other.hints);
  });
  if (exitCode !== EXIT.buildFailed) return { refused: true, text: lines[0] };
  return { refused: false, text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
