import type { Target } from '@ait-rvv/codegen-core';
import { linesRead, sweepTraffic, type SweepTask } from './sweeps.js';
import { isUnrolled, type Windows } from './windows.js';

/** `rows` output rows of a channel at a time with register groups of LMUL `l`; 0 rows: any window, one tap after the other. */
export interface WindowTile {
  readonly rows: number;
  readonly l: number;
}

/** Vectors that are loaded before those that are computed with. */
export const AHEAD = 2;

/** Tiles there are depthwise kernels for (templates/shared/depthwise_rows.njk). */
export function windowTiles(windows: Windows): readonly WindowTile[] {
  if (!isUnrolled(windows)) return [{ rows: 0, l: 2 }];
  return [7, 4, 2, 1].flatMap((rows) =>
    [1, 2, 4].filter((l) => rows <= windows.out[0] && fitsWindow(windows, rows, l)).map((l) => ({ rows, l })),
  );
}

/**
 * Sums, and vectors that are loaded ahead. Of wide windows compilers load more of them: found by reading the compiled
 * kernels; the spill test holds it true.
 */
function fitsWindow(windows: Windows, rows: number, l: number): boolean {
  const isWide = windows.kernel[0] * windows.kernel[1] > 9;
  return (rows + AHEAD + 1) * l <= 32 && (!isWide || linesRead(windows, rows) * l <= 32);
}

/** Estimated cycles of computing `count` output rows of one input channel. */
export function windowCycles(windows: Windows, { rows, l }: WindowTile, count: number, { tuneVlen }: Target): number {
  const { kernel, out, multiplier } = windows;
  const taps = kernel[0] * kernel[1];
  const strips = Math.ceil(out[1] / ((tuneVlen / 32) * l));
  if (rows === 0) return multiplier * strips * count * taps * 6 * l;
  // Loads take twice the time of a multiply-add, which waits for the one before it on the same sum.
  const set = (n: number): number => {
    const multiply = n * taps * Math.max(l, 5 / n);
    const memory = linesRead(windows, n) * kernel[1] * (2 * l + 0.5) + n * (2.2 * l + 0.5);
    return strips * (Math.max(multiply, memory) + 12) + 20;
  };
  return multiplier * (Math.floor(count / rows) * set(rows) + (count % rows) * set(1));
}

/** Estimated cycles of moving `lines` input lines, `width` long, and `count` output rows of one channel, memory included. */
export function movedCycles(
  windows: Windows,
  { rows }: WindowTile,
  task: Pick<SweepTask, 'taskChannels'>,
  { lines, width, count }: { readonly lines: number; readonly width: number; readonly count: number },
): { readonly in: number; readonly out: number } {
  const traffic = sweepTraffic(windows, Math.max(1, rows), task);
  return { in: traffic.in * lines * width, out: traffic.out * windows.multiplier * count * windows.out[1] };
}
