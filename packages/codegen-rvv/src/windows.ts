/** Windows that slide over single channels: what depthwise convolution and pooling have in common. */
export interface Windows {
  readonly channels: number;
  /** Output channels of one input channel. */
  readonly multiplier: number;
  readonly out: readonly [height: number, width: number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** Largest window that kernels are unrolled for: all its weights stay in scalar registers. */
const MOST_TAPS = 25;

/** Whether there is a kernel for exactly this window; any other runs one tap after the other. */
export function isUnrolled({ kernel, strides, dilations }: Windows): boolean {
  return (
    kernel[0] * kernel[1] <= MOST_TAPS && strides.every((s) => s <= 2) && dilations.every((dilation) => dilation === 1)
  );
}

/** The `window` parameter of templates, of extents 0 where the kernel is for any window, and its part of the variant. */
export function windowParameter(
  windows: Windows,
  unrolled: boolean,
): { readonly window: object; readonly name: string } {
  const { kernel, strides } = windows;
  const [height, width] = unrolled ? kernel : [0, 0];
  return {
    window: { kernel_h: height, kernel_w: width, stride_h: strides[0], stride_w: strides[1] },
    name: unrolled ? `${kernel.join('x')}s${strides.join('x')}_` : `s${strides[1]}_`,
  };
}

/** Work of one task: a few channels, so that memory is read as a stream, and so many output rows of them. */
export interface WindowTask extends Readonly<Record<string, number>> {
  readonly taskChannels: number;
  readonly taskRows: number;
}

/** Channels that make a stream worth its start. */
const TASK_CHANNELS = 32;

/** Bytes of lines that stay in a first-level cache of 32 KiB beside the tensors that pass through it. */
const TASK_BYTES = 26 * 1024;

/** As many output rows as the cache has room for the lines of. */
function windowTask(windows: Windows, channels: number): WindowTask {
  const taskChannels = Math.min(channels, windows.channels);
  const [height] = windows.out;
  let taskRows = 1;
  while (taskRows < height && scratchElements(windows, { taskChannels, taskRows: taskRows + 1 }) * 4 <= TASK_BYTES) {
    taskRows++;
  }
  return { taskChannels, taskRows };
}

/**
 * Tasks of one output row or more, the best first: where the lines of many channels do not stay in the cache, half of
 * them do better. The others are for the profile to try.
 */
export function rowTasks(windows: Windows): readonly WindowTask[] {
  const fewer = [TASK_CHANNELS / 2, TASK_CHANNELS / 4].filter((most) => most < windows.channels);
  const tasks = [TASK_CHANNELS, ...fewer].map((most) => windowTask(windows, most));
  const stays = (task: WindowTask): boolean => scratchElements(windows, task) * 4 <= TASK_BYTES;
  return [...tasks.filter(stays), ...tasks.filter((task) => !stays(task))];
}

/** Elements of the lines a task reads and of those it computes; see templates/shared/band.njk. */
export function scratchElements(windows: Windows, { taskChannels, taskRows }: WindowTask): number {
  const { out, kernel, strides, dilations, multiplier } = windows;
  const pitch = out[1] + Math.floor(((kernel[1] - 1) * dilations[1]) / strides[1]);
  const lines = (taskRows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1;
  return taskChannels * (lines * strides[1] * pitch + multiplier * taskRows * out[1]);
}
