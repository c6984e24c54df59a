import { open, type FileHandle } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import { RemoteError } from '../errors.js';
import type { Connection } from './connection.js';
import { StallWatch, type Progress, type Transfer } from './transfer.js';

/** Bytes of one request; every sftp server takes this much. */
const CHUNK = 32 * 1024;
/** Requests under way at once: enough for a long line, few enough to keep memory small. */
const WINDOW = 64;

/** Files over the sftp subsystem. Undefined when the board has none. */
export async function sftpTransfer(connection: Connection): Promise<Transfer | undefined> {
  let sftp: SFTPWrapper;
  try {
    sftp = await connection.sftp();
  } catch (error) {
    // Where the subsystem is missing or broken, the connection itself lives on.
    if (connection.alive && error instanceof RemoteError && error.code === 'device-failed') return undefined;
    throw error;
  }
  // Requests fail by themselves when the connection goes; an unheard event would end the process.
  sftp.on('error', () => undefined);
  return {
    way: 'sftp',
    write: (localPath, remotePath, offset, progress) =>
      write(connection, sftp, localPath, remotePath, offset, progress),
    read: (remotePath, localPath) => read(connection, sftp, remotePath, localPath),
  };
}

type Done<T> = (error: Error | null | undefined, result: T) => void;

/** One sftp request; fails with the connection. */
function request<T>(connection: Connection, start: (done: Done<T>) => void): Promise<T> {
  return connection.while((resolve, reject) =>
    start((error, result) => {
      if (error == null) resolve(result);
      else reject(connection.alive ? error : connection.lost());
    }),
  );
}

async function write(
  connection: Connection,
  sftp: SFTPWrapper,
  localPath: string,
  remotePath: string,
  offset: number,
  progress: Progress,
): Promise<void> {
  const watch = new StallWatch(connection);
  const file = await open(localPath, 'r');
  try {
    const flags = offset === 0 ? 'w' : 'r+';
    const handle = await request<Buffer>(connection, (done) => sftp.open(remotePath, flags, { mode: 0o600 }, done));
    const { size } = await file.stat();
    let confirmed = offset;
    const moved = (bytes: number): void => {
      watch.moved();
      progress((confirmed += bytes));
    };
    await pump(file, offset, size, async (bytes, at) => {
      await request<undefined>(connection, (done) =>
        sftp.write(handle, bytes, 0, bytes.length, at, (error) => done(error, undefined)),
      );
      moved(bytes.length);
    });
    await request<undefined>(connection, (done) => sftp.close(handle, (error) => done(error, undefined)));
  } finally {
    watch.stop();
    await file.close();
  }
}

/** Sends the pieces of a file in order, up to WINDOW of them at a time, and waits for all. */
async function pump(
  file: FileHandle,
  offset: number,
  size: number,
  send: (bytes: Buffer, at: number) => Promise<void>,
): Promise<void> {
  const underway = new Set<Promise<void>>();
  let failure: unknown;
  for (let at = offset; at < size && failure === undefined; at += CHUNK) {
    const bytes = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead !== bytes.length) throw new RemoteError('device-failed', 'a file has changed while it was sent');
    const sent = send(bytes, at)
      .catch((error: unknown) => (failure ??= error))
      .then(() => void underway.delete(sent));
    underway.add(sent);
    if (underway.size >= WINDOW) await Promise.race(underway);
  }
  await Promise.all(underway);
  if (failure !== undefined) throw failure as Error;
}

async function read(connection: Connection, sftp: SFTPWrapper, remotePath: string, localPath: string): Promise<void> {
  const watch = new StallWatch(connection);
  try {
    await request<undefined>(connection, (done) =>
      sftp.fastGet(
        remotePath,
        localPath,
        { chunkSize: CHUNK, concurrency: WINDOW, step: () => watch.moved() },
        (error) => done(error, undefined),
      ),
    );
  } finally {
    watch.stop();
  }
}
