import { readFileSync, statSync } from 'node:fs';
import ssh2, { type ParsedKey } from 'ssh2';

const { utils } = ssh2;

/** A private key in a file, perhaps behind a passphrase. */
export interface KeyFile {
  readonly path: string;
  /** In the form of the SSH protocol; undefined when only the passphrase reveals it. */
  readonly publicKey: Buffer | undefined;
  readonly encrypted: boolean;
}

/** Reads what a key file shows without its passphrase; a reason when it cannot be used, undefined when it is not there. */
export function readKeyFile(path: string): KeyFile | string | undefined {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) return 'others may read it; chmod 600 it';
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'it cannot be read';
  }
  const parsed = utils.parseKey(text);
  if (!(parsed instanceof Error)) {
    return parsed.isPrivateKey()
      ? { path, publicKey: parsed.getPublicSSH(), encrypted: false }
      : 'it is no private key';
  }
  if (!/passphrase|encrypted/i.test(parsed.message)) return 'it is of a kind that is not supported';
  return { path, publicKey: publicPart(text) ?? readPublicFile(`${path}.pub`), encrypted: true };
}

/** Opens a private key. Undefined when the passphrase is wrong. */
export function openKeyFile(path: string, passphrase: string | undefined): ParsedKey | undefined {
  const parsed = utils.parseKey(readFileSync(path, 'utf8'), passphrase);
  return parsed instanceof Error ? undefined : parsed;
}

function readPublicFile(path: string): Buffer | undefined {
  try {
    const parsed = utils.parseKey(readFileSync(path, 'utf8'));
    return parsed instanceof Error ? undefined : parsed.getPublicSSH();
  } catch {
    return undefined;
  }
}

/**
 * The public key of OpenSSH's own format, which is not encrypted: after the magic and the strings cipher, kdf and kdf
 * options comes a count of 1 and the key.
 */
function publicPart(text: string): Buffer | undefined {
  const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  try {
    for (let i = 0; i < 3; i++) next();
    if (bytes.readUInt32BE(at) !== 1) return undefined;
    at += 4;
    const key = next();
    return key.length === 0 || at > bytes.length ? undefined : key;
  } catch {
    return undefined;
  }
}
