import type { Windows } from './windows.js';

/**
 * Work of one task that goes down the rows of a few channels, `rows` output rows at a time, `taskRows` in all
 * (templates/shared/sweep.njk).
 */
export interface SweepTask extends Readonly<Record<string, number>> {
  readonly taskChannels: number;
  readonly taskRows: number;
}

/** Bytes of a step's lines that stay in a first-level cache of 32 KiB beside the tensors that pass through it. */
const STEP_BYTES = 28 * 1024;

/** Channels whose results are written together, by eights; two times that are worth more than lines that stay. */
const GROUP = 8;
const LEAST_CHANNELS = 2 * GROUP;

/** Tasks a layer has at least, so that there is something to do for several threads. */
const LEAST_TASKS = 8;

export function sweepTask(windows: Windows, rows: number, batch: number): SweepTask {
  const { channels, out } = windows;
  const fitting = Math.floor(STEP_BYTES / (4 * stepElements(windows, rows)) / GROUP) * GROUP;
  const taskChannels = Math.min(channels, Math.max(LEAST_CHANNELS, fitting));
  const bands = Math.ceil(LEAST_TASKS / (Math.ceil(channels / taskChannels) * batch));
  const taskRows = Math.min(out[0], Math.ceil(Math.ceil(out[0] / bands) / rows) * rows);
  return { taskChannels, taskRows };
}

/** Lines that `rows` output rows read. */
export function linesRead({ kernel, strides, dilations }: Windows, rows: number): number {
  return (rows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1;
}

/** Elements of one channel's lines in the ring, which begin at multiples of 16 bytes, and of its results. */
function stepElements(windows: Windows, rows: number): number {
  const { out, kernel, strides, dilations, multiplier } = windows;
  const pitch = Math.ceil((out[1] + Math.floor(((kernel[1] - 1) * dilations[1]) / strides[1])) / 4) * 4;
  return linesRead(windows, rows) * strides[1] * pitch + multiplier * rows * out[1];
}

/** 4-byte elements of a task's scratch: where lines begin, the ring, 4 to begin at a multiple, and the results. */
export function sweepElements(
  windows: Windows,
  rows: number,
  { taskChannels }: Pick<SweepTask, 'taskChannels'>,
): number {
  return Math.ceil(linesRead(windows, rows) / 8) * 16 + taskChannels * stepElements(windows, rows) + 4;
}

/** Cycles that a step's traffic costs beside computing, per position of the input and of the output. */
export function sweepTraffic(
  windows: Windows,
  rows: number,
  { taskChannels }: Pick<SweepTask, 'taskChannels'>,
): { in: number; out: number } {
  // Lines of 16 positions, copied, in runs that take their time to begin; where they do not stay they come back soon.
  const lone = 220 / taskChannels;
  const beyond = Math.max(0, (taskChannels * stepElements(windows, rows) * 4) / STEP_BYTES - 1);
  const missing = 5 * Math.min(1, 4 * beyond) + 6 * beyond;
  return { in: (15 + lone + missing) / 16, out: (20 + lone + missing) / 16 };
}
