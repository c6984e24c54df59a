import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { RemoteError } from '../errors.js';
import { scriptCommand } from '../shell/scripts.js';
import { runChannel } from './channel-run.js';
import type { Connection } from './connection.js';
import { pumpFile } from './file-pump.js';
import { StallWatch, type Progress, type Transfer } from './transfer.js';

/** write.sh starts at multiples of this. */
const BOARD_BLOCK = 65_536;
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
  const blocks = Math.floor(offset / BOARD_BLOCK);
  const file = await open(localPath, 'r');
  const watch = new StallWatch(connection);
  try {
    const command = await connection.exec(scriptCommand('write', [remotePath, String(blocks)]));
    const { channel } = command;
    const ended = runChannel(connection, command, { timeoutMs: LONGEST_MS, holdInput: true });
    // Heard below, when the sending has stopped.
    ended.catch(() => undefined);
    // One for every piece under way.
    channel.setMaxListeners(0);
    const { size } = await file.stat();
    const send = (bytes: Buffer, at: number): Promise<void> =>
      connection.while((resolve, reject) => {
        // The command may end before it has taken everything; how it ended says why.
        channel.once('close', reject);
        channel.write(bytes, () => {
          channel.removeListener('close', reject);
          watch.moved();
          progress(at + bytes.length);
          resolve();
        });
      });
    await pumpFile(file, blocks * BOARD_BLOCK, size, send).catch(() => undefined);
    channel.end();
    const { exitCode, stdout } = await ended;
    if (exitCode !== 0) throw new RemoteError('device-failed', stdout.trim().split('\n')[0] ?? 'cannot write');
  } finally {
    watch.stop();
    await file.close();
  }
}

async function read(connection: Connection, remotePath: string, localPath: string): Promise<void> {
  const command = await connection.exec(scriptCommand('read', [remotePath]));
  const { channel } = command;
  const watch = new StallWatch(connection);
  try {
    channel.stderr.resume();
    channel.end();
    channel.on('data', () => watch.moved());
    // How the command has ended may come after all it has printed.
    const closed = new Promise<void>((resolve) => void channel.once('close', resolve));
    await pipeline(channel, createWriteStream(localPath)).catch((error: unknown) => {
      throw connection.alive ? (error as Error) : connection.lost();
    });
    await Promise.race([closed, connection.ended]);
    if (command.exit === undefined) throw connection.lost();
    if (command.exit.code !== 0) throw new RemoteError('device-failed', `there is no file ${remotePath}`);
  } finally {
    watch.stop();
  }
}
