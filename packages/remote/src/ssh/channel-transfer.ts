import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { RemoteError } from '../errors.js';
import { scriptCommand } from '../shell/scripts.js';
import { runChannel } from './channel-run.js';
import type { Connection } from './connection.js';
import { StallWatch, type Progress, type Transfer } from './transfer.js';

/** write.sh starts at multiples of this. */
const BLOCK = 65_536;
const LONGEST_MS = 2 ** 31 - 1;

/** Files over the standard streams of commands, for boards without sftp. */
export function channelTransfer(connection: Connection): Transfer {
  return {
    way: 'channel',
    write: (localPath, remotePath, offset, progress) => write(connection, localPath, remotePath, offset, progress),
    read: (remotePath, localPath) => read(connection, remotePath, localPath),
  };
}

async function write(
  connection: Connection,
  localPath: string,
  remotePath: string,
  offset: number,
  progress: Progress,
): Promise<void> {
  const blocks = Math.floor(offset / BLOCK);
  const channel = await connection.exec(scriptCommand('write', [remotePath, String(blocks)]));
  const watch = new StallWatch(connection);
  let sent = blocks * BLOCK;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      watch.moved();
      progress((sent += chunk.length));
      done(null, chunk);
    },
  });
  try {
    const ended = runChannel(connection, channel, { timeoutMs: LONGEST_MS, holdInput: true });
    // The command may end before it has taken everything; how it ended says why.
    const pumped = pipeline(
      createReadStream(localPath, { start: sent, highWaterMark: 256 * 1024 }),
      meter,
      channel,
    ).catch(() => undefined);
    const result = await ended;
    await pumped;
    if (result.exitCode !== 0)
      throw new RemoteError('device-failed', result.stdout.trim().split('\n')[0] ?? 'cannot write');
  } finally {
    watch.stop();
  }
}

async function read(connection: Connection, remotePath: string, localPath: string): Promise<void> {
  const channel = await connection.exec(scriptCommand('read', [remotePath]));
  const watch = new StallWatch(connection);
  try {
    let exitCode: number | null | undefined;
    channel.on('exit', (code: number | null) => (exitCode = code));
    channel.stderr.resume();
    channel.end();
    channel.on('data', () => watch.moved());
    await pipeline(channel, createWriteStream(localPath, { flags: 'wx' })).catch((error: unknown) => {
      throw connection.alive ? (error as Error) : connection.lost();
    });
    if (exitCode === undefined) throw connection.lost();
    if (exitCode !== 0) throw new RemoteError('device-failed', `there is no file ${remotePath}`);
  } finally {
    watch.stop();
  }
}
