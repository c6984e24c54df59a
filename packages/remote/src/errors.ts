/** What went wrong between here and a device; decides the exit code of the command line. */
export type RemoteErrorCode =
  | 'device-unknown'
  | 'tool-missing'
  | 'build-failed'
  | 'device-failed'
  /** No connection can be made: address, host key or login. Trying again does not help. */
  | 'connection-refused'
  /** The device cannot be reached. Trying again may help. */
  | 'unreachable'
  /** The connection has ended while something was going on. */
  | 'connection-lost'
  | 'timed-out'
  /** Another one measures on the device. */
  | 'device-busy'
  | 'interrupted';

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
