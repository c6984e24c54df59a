import { open } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import { RemoteError } from '../errors.js';
import type { Connection } from './connection.js';
import { BLOCK, pumpFile, WINDOW } from './file-pump.js';
import { StallWatch, type Progress, type Transfer } from './transfer.js';

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
    await pumpFile(file, offset, size, async (bytes, at) => {
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

async function read(connection: Connection, sftp: SFTPWrapper, remotePath: string, localPath: string): Promise<void> {
  const watch = new StallWatch(connection);
  try {
    await request<undefined>(connection, (done) =>
      sftp.fastGet(
        remotePath,
        localPath,
        { chunkSize: BLOCK, concurrency: WINDOW, step: () => watch.moved() },
        (error) => done(error, undefined),
      ),
    );
  } finally {
    watch.stop();
  }
}
