/** What went wrong between here and a device; decides the exit code of the command line. */
export type RemoteErrorCode = 'device-unknown' | 'tool-missing' | 'build-failed' | 'device-failed' | 'interrupted';

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: RemoteErrorCode;
  /** What to do about it, a line each. */
  readonly hints: readonly string[];

  constructor(code: RemoteErrorCode, message: string, hints: readonly string[] = []) {
    super(message);
    this.code = code;
    this.hints = hints;
  }
}
