import type { FileHandle } from 'node:fs/promises';
import { RemoteError } from '../errors.js';

/** Bytes of one piece, as much as OpenSSH's sftp server takes at once. */
export const BLOCK = 255 * 1024;
/** Pieces under way at once: enough for a long line, few enough to keep memory small. */
export const WINDOW = 32;

/**
 * Sends a file from `offset` on in pieces, in order, several at a time. `send` resolves when the piece's bytes are not
 * needed any more; the first failure ends it all. Returns when every piece is through.
 */
export async function pumpFile(
  file: FileHandle,
  offset: number,
  size: number,
  send: (bytes: Buffer, at: number) => Promise<void>,
): Promise<void> {
  const underway = new Set<Promise<void>>();
  // A block is used again when what it held is through: fresh ones would cost more than the sending.
  const free: Buffer[] = [];
  let failure: unknown;
  for (let at = offset; at < size && failure === undefined; at += BLOCK) {
    const block = free.pop() ?? Buffer.allocUnsafe(BLOCK);
    const bytes = block.subarray(0, Math.min(BLOCK, size - at));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead !== bytes.length) throw new RemoteError('device-failed', 'a file has changed while it was sent');
    const sent = send(bytes, at)
      .then(
        () => void free.push(block),
        (error: unknown) => (failure ??= error),
      )
      .then(() => void underway.delete(sent));
    underway.add(sent);
    if (underway.size >= WINDOW) await Promise.race(underway);
  }
  await Promise.all(underway);
  if (failure !== undefined) throw failure as Error;
}
