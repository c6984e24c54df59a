import type { SshExecutor } from '@ait-rvv/remote';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { whyNoBoard, type BoardOptions, type TestBoard } from '../board/board.mjs';
import { boardExecutor, leftovers, misbehaving, testBoard, type ExecutorOptions } from './board.js';

/** A board that the tests of a file share. */
export interface SharedBoard {
  readonly board: TestBoard;
  /** A folder with the test program under the names that were asked for. */
  readonly folder: string;
  /** An executor for the board, from a fresh home; closed after the test. */
  connect(options?: ExecutorOptions): SshExecutor;
  /** A path below ait-rvv's folder on the board, as this machine sees it. */
  cache(...names: readonly string[]): string;
}

/**
 * Starts a board before the tests of a file and ends it afterwards. After every test all connections are closed, and
 * nothing may be left running on the board.
 */
export function useBoard(options: BoardOptions, ...programs: readonly string[]): SharedBoard {
  let board: TestBoard | undefined;
  let folder = '';
  const executors: SshExecutor[] = [];
  const reason = whyNoBoard();
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });
  beforeAll(async () => {
    if (reason !== undefined) return;
    board = await testBoard(options);
    if (programs.length > 0) folder = await misbehaving(...programs);
  });
  afterEach(async () => {
    for (const executor of executors.splice(0)) await executor.close();
    expect(board === undefined ? [] : await leftovers(board)).toEqual([]);
  });
  afterAll(() => board?.stop());
  const running = (): TestBoard => {
    if (board === undefined) throw new Error('the board has not been started');
    return board;
  };
  return {
    get board() {
      return running();
    },
    get folder() {
      return folder;
    },
    connect(more = {}) {
      const executor = boardExecutor(running(), { reconnectMs: 60_000, ...more });
      executors.push(executor);
      return executor;
    },
    cache: (...names) => join(running().home, '.cache/ait-rvv', ...names),
  };
}

/** Waits for something that a board does in its own time. */
export async function until(what: string, happened: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!happened()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}
