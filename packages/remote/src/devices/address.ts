import { RemoteError } from '../errors.js';

/** Where a board is, as the user writes it; what is left out comes from the OpenSSH configuration. */
export interface SshAddress {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/**
 * Reads `user@host`, `host:port`, `user@[address]:port` and the same behind `ssh://`. Throws RemoteError
 * `device-unknown`; an address with a password in it is refused without repeating it.
 */
export function parseAddress(text: string): SshAddress {
  requireNoPassword(text);
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:([^@/\s]+)@)?(?:\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?)\]|([^@/:\s]+))(?::([0-9]{1,5}))?\/?$/.exec(
      text,
    ) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? undefined : Number(port);
  const odd = [host, user].some((part) => part?.startsWith('-') === true || /[\u0000-\u0020\u007f]/.test(part ?? ''));
  if (host === undefined || odd || host.length > 255 || (number !== undefined && (number < 1 || number > 65535))) {
    throw new RemoteError('device-unknown', `${JSON.stringify(text.slice(0, 80))} is no address of a board`, [
      'an address is user@host, user@host:port or ssh://user@host:port',
    ]);
  }
  return { host, ...(user === undefined ? {} : { user }), ...(number === undefined ? {} : { port: number }) };
}

/** Refuses `user:password@host` without repeating it. */
export function requireNoPassword(text: string): void {
  if (!/^[^@/]*:.*@/s.test(text.replace(/^ssh:\/\//, ''))) return;
  throw new RemoteError('device-unknown', 'an address of a board holds no password', [
    'leave it out: it is asked for when the board wants one, and never stored; a key is better (ssh-copy-id)',
  ]);
}

/** `ssh://user@host:port`, which {@link parseAddress} reads back. */
export function formatAddress({ host, user, port }: SshAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `ssh://${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}`;
}
