import { RemoteError } from './errors.js';
import type { RunResult } from './process.js';

/** What a program has said went wrong, if it has: its line behind `error: `. */
export function saidError({ stderr }: Pick<RunResult, 'stderr'>): string | undefined {
  const [line = ''] = stderr.split('\n');
  return line.startsWith('error: ') ? line.slice('error: '.length) : undefined;
}

/** The error for a program that has not ended well, on whatever device. */
export function programFailure(program: string, result: RunResult, timeoutMs: number): RemoteError {
  if (result.timedOut) {
    return new RemoteError('timed-out', `${program} was still running after ${timeoutMs / 1000} s and was stopped`);
  }
  const [line = ''] = result.stderr.split('\n');
  const [, library] = /error while loading shared libraries: ([^:]+):/.exec(line) ?? [];
  if (library !== undefined) return missingLibrary(library);
  const said = saidError(result);
  if (said !== undefined) return new RemoteError('device-failed', said);
  const how = result.signal === null ? `exit code ${result.exitCode ?? '?'}` : result.signal;
  return new RemoteError('device-failed', `the program failed (${how})`, line === '' ? [] : [line]);
}

/** The dynamic loader of the device has not found a library. */
function missingLibrary(library: string): RemoteError {
  return new RemoteError('tool-missing', `the device has no ${library}, which the program is linked with`, [
    'install the package it comes from there (XNNPACK: libxnnpack0 of the release the program was compiled against)',
    'or compile again with --xnnpack and the library of the device',
  ]);
}
