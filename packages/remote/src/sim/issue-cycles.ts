import type { Core } from './core.js';
import type { Flow } from './flow.js';
import type { Operation } from './operation.js';
import { Scoreboard } from './scoreboard.js';

/** What must have gone before until the scoreboard is as it would be in the running program. */
const WARM_UP_OPERATIONS = 160;
const WARM_UP_BLOCKS = 64;
/** The longest way around a loop that is looked for, and how often a loop is measured. */
const LONGEST_LOOP = 24;
const LAPS = 16;

/**
 * Cycles between the last issue of one block and the last issue of the next, with every access hitting the first-level
 * cache. Blocks overlap, so what a block costs depends on those before it: they are taken to be the most frequent
 * predecessors. Where they lead back to the block, it is a loop, and its cost is the mean over several rounds.
 * Equal histories are worked out once.
 */
export class IssueCycles {
  private readonly known = new Map<string, number>();

  constructor(
    private readonly core: Core,
    private readonly operations: (variant: number) => readonly Operation[],
  ) {}

  /** Cycles that executing `to` after `from` adds; `from` 0 means that nothing was executed before. */
  edge(flow: Flow, from: number, to: number): number {
    const loop = this.loop(flow, from, to);
    return loop === undefined ? this.after(this.history(flow, from), to) : this.round(loop);
  }

  /** The blocks of a loop that ends with `from` and begins with `to`, in the order of execution; `to` first. */
  private loop(flow: Flow, from: number, to: number): readonly number[] | undefined {
    const way: number[] = [];
    for (let at: number | undefined = from; at !== undefined && at !== 0; at = flow.predecessor(at)) {
      way.unshift(at);
      if (at === to) return way;
      if (way.length === LONGEST_LOOP || way.indexOf(at, 1) > 0) return undefined;
    }
    return undefined;
  }

  private history(flow: Flow, from: number): readonly number[] {
    const way: number[] = [];
    let size = 0;
    for (let at: number | undefined = from; at !== undefined && at !== 0; at = flow.predecessor(at)) {
      way.unshift(at);
      size += this.operations(at).length;
      if (size >= WARM_UP_OPERATIONS || way.length === WARM_UP_BLOCKS) break;
    }
    return way;
  }

  private after(history: readonly number[], to: number): number {
    return this.once(`${history.join(' ')}>${to}`, () => {
      const board = new Scoreboard(this.core);
      this.run(board, history);
      return this.share(board, to);
    });
  }

  /** What the first block of a loop adds per round. */
  private round(loop: readonly number[]): number {
    return this.once(`(${loop.join(' ')})`, () => {
      const [first = 0, ...rest] = loop;
      const board = new Scoreboard(this.core);
      const size = loop.reduce((sum, variant) => sum + this.operations(variant).length, 0);
      for (let done = 0; done < WARM_UP_OPERATIONS; done += Math.max(1, size)) this.run(board, loop);
      let sum = 0;
      for (let lap = 0; lap < LAPS; lap++) {
        sum += this.share(board, first);
        this.run(board, rest);
      }
      return sum / LAPS;
    });
  }

  private share(board: Scoreboard, variant: number): number {
    const before = board.now;
    this.run(board, [variant]);
    return board.now - before;
  }

  private run(board: Scoreboard, variants: readonly number[]): void {
    for (const variant of variants) for (const operation of this.operations(variant)) board.issue(operation);
  }

  private once(key: string, work: () => number): number {
    const found = this.known.get(key) ?? work();
    this.known.set(key, found);
    return found;
  }
}
