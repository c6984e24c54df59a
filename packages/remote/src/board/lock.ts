import { setTimeout as sleep } from 'node:timers/promises';
import { RemoteError } from '../errors.js';
import type { BoardShell, OpenScript } from '../shell/board-shell.js';

export interface LockOptions {
  /** How long to wait for another one to finish. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly log: (text: string) => void;
  /** How long the machine may take to say whether the lock is free; default 60 s. */
  readonly answerMs?: number;
  /** Default: one for all users of the machine. */
  readonly file?: string;
}

const FILE = '/tmp/ait-rvv.lock';
const BEAT_MS = 20_000;
/** A holder that is not heard of for so long is dead. */
const SILENCE_SECONDS = 90;
const PAUSE_MS = 2000;
const ANSWER_MS = 60_000;
/** How long the holding process may take to end after it was let go; it ends by itself in any case. */
const LET_GO_MS = 10_000;
/** What a holder may call itself; the file is anybody's to write. */
const HOLDER = /^[A-Za-z0-9_.@-]{1,64}$/;

/**
 * Does work while no other ait-rvv, of whatever user, measures on the machine. The lock is held by a process there that
 * lives on what we send it: it goes when we end, are killed, or are cut off. Throws RemoteError `device-busy` when
 * another one holds it for too long, and `timed-out` when the machine says nothing.
 */
export async function withLock<T>(shell: BoardShell, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const held = await acquire(shell, options);
  const beat = setInterval(() => held.send(''), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    held.end();
    await within(
      LET_GO_MS,
      held.ended.catch(() => undefined),
    );
  }
}

async function acquire(shell: BoardShell, options: LockOptions): Promise<OpenScript> {
  const deadline = performance.now() + options.waitMs;
  for (let told = false; ; told = true) {
    const script = await shell.open('lock', [options.file ?? FILE, String(SILENCE_SECONDS)]);
    const answer = script.firstLine.catch(() => '');
    const line = await within(options.answerMs ?? ANSWER_MS, answer);
    if (line === 'held') return script;
    script.end();
    if (line === undefined) throw new RemoteError('timed-out', `${shell.name} took too long to lock itself`);
    const result = await script.ended;
    if (result.exitCode !== 75) {
      throw new RemoteError('device-failed', `${shell.name} cannot be locked`, [
        result.stderr.trim().split('\n')[0] ?? '',
      ]);
    }
    const holder = HOLDER.test(line) ? line : 'another user';
    if (performance.now() + PAUSE_MS > deadline) {
      throw new RemoteError('device-busy', `${holder} is measuring on ${shell.name}`, ['try again when that is done']);
    }
    if (!told) options.log(`${holder} is measuring on ${shell.name}; waiting`);
    await sleep(PAUSE_MS, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {
      throw new RemoteError('interrupted', 'interrupted');
    });
  }
}

/** What a promise resolves to, or undefined when that takes longer. */
function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  return Promise.race([work, sleep(milliseconds, undefined, { ref: false })]);
}
