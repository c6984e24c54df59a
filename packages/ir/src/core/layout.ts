import { pitchedGrid, type Pitch } from './pitch.js';
import { elementCount, type Shape } from './shape.js';

/**
 * How a tensor's elements lie in memory. `order` lists the canonical axes from the outermost to the innermost
 * one in memory; with `block`, the innermost axes after the channel (the positions) are cut into blocks of that
 * many elements and the channel axis lies inside the block: `[P/block][C][block]`; with `pitch`, the rows of
 * channel-major pictures have zeros between them.
 *
 * For images: `[0,1,2,3]` is NCHW, `[0,2,3,1]` NHWC, `[1,0,2,3]` CNHW (channel-major, plain form).
 */
export interface Layout {
  readonly order: readonly number[];
  readonly block?: number;
  readonly pitch?: Pitch;
}

/** Neither in blocks nor on a pitch: nothing but an order of the axes. */
export function isPlain({ block, pitch }: Layout): boolean {
  return block === undefined && pitch === undefined;
}

export function rowMajor(rank: number): Layout {
  return { order: Array.from({ length: rank }, (_, axis) => axis) };
}

/** Channel-major: axis `channel` outermost, the others in their order. */
export function channelMajor(rank: number, channel = 1, block?: number): Layout {
  const rest = rowMajor(rank).order.filter((axis) => axis !== channel);
  return block === undefined ? { order: [channel, ...rest] } : { order: [channel, ...rest], block };
}

/** Channel-major pictures on a zero-padded pitch. */
export function onPitch(pitch: Pitch): Layout {
  return { ...channelMajor(4), pitch };
}

/** NHWC: the channel innermost. */
export function channelsLast(rank: number): Layout {
  return { order: [...rowMajor(rank).order.filter((axis) => axis !== 1), 1] };
}

export function isRowMajor(layout: Layout): boolean {
  return isPlain(layout) && layout.order.every((axis, index) => axis === index);
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return sameForm(a, b) && a.order.length === b.order.length && a.order.every((axis, i) => axis === b.order[i]);
}

/** Whether both are plain, in the same blocks, or on the same pitch. */
function sameForm(a: Layout, b: Layout): boolean {
  return a.block === b.block && a.pitch?.gap === b.pitch?.gap && a.pitch?.phases === b.pitch?.phases;
}

/** True when both layouts put the elements of a tensor of this shape in the same places: axes of extent 1 do not count. */
export function sameMemory(shape: Shape, a: Layout, b: Layout): boolean {
  if (!sameForm(a, b)) return false;
  const real = (layout: Layout) => layout.order.filter((axis) => shape[axis] !== 1);
  const left = real(a);
  const right = real(b);
  return left.every((axis, index) => axis === right[index]);
}

/** Positions of a channel-major tensor: everything but its channels. */
export function positionCount(shape: Shape): number {
  return shape.reduce((product, extent, axis) => (axis === CHANNEL ? product : product * extent), 1);
}

const CHANNEL = 1;

/**
 * Where the elements of a tensor lie whose channels are runs of positions, counted in elements: channel `c`, position
 * `q` is at `floor(q / block)·stride + c·channel + q mod block`. The plain channel-major form is one block of all
 * positions, NCHW one block a picture.
 */
export interface PositionBlocks {
  readonly block: number;
  readonly channel: number;
  readonly stride: number;
}

/** Undefined for a layout without such runs: NHWC, or rows on a pitch. Axes of extent 1 do not count. */
export function positionBlocks(shape: Shape, layout: Layout): PositionBlocks | undefined {
  if (shape.length < 2 || layout.pitch !== undefined) return undefined;
  const channels = shape[CHANNEL] ?? 1;
  if (layout.block !== undefined) {
    const { block } = layout;
    return sameLayout(layout, channelMajor(shape.length, CHANNEL, block))
      ? { block, channel: block, stride: channels * block }
      : undefined;
  }
  const isChannelMajor = sameMemory(shape, layout, channelMajor(shape.length));
  if (!isChannelMajor && !sameMemory(shape, layout, rowMajor(shape.length))) return undefined;
  const block = isChannelMajor ? positionCount(shape) : elementCount(shape.slice(CHANNEL + 1));
  return { block, channel: block, stride: channels * block };
}

/** Elements a tensor takes in memory: a blocked one fills its last block up, one on a pitch has zeros around its rows. */
export function storedElements(shape: Shape, layout: Layout): number {
  if (layout.pitch !== undefined) return pitchedGrid(shape, layout.pitch).elements;
  if (layout.block === undefined) return elementCount(shape);
  return Math.ceil(positionCount(shape) / layout.block) * layout.block * (shape[CHANNEL] ?? 1);
}

/** Extents in memory order (plain layouts). */
export function physicalShape(shape: Shape, layout: Layout): Shape {
  return layout.order.map((axis) => shape[axis] ?? 1);
}

/** Stride in elements of every canonical axis (plain layouts only: a blocked position has no single stride). */
export function layoutStrides(shape: Shape, layout: Layout): readonly number[] {
  if (!isPlain(layout)) throw new Error('only a plain layout has a stride for every axis');
  const strides = new Array<number>(shape.length).fill(1);
  let stride = 1;
  for (const axis of [...layout.order].reverse()) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** The layout of `transpose(x, perm)` that makes the transpose free: the same memory, the axes renamed. */
export function transposedLayout(layout: Layout, perm: readonly number[]): Layout {
  return { ...layout, order: layout.order.map((axis) => perm.indexOf(axis)) };
}

const NAMES: Readonly<Record<string, readonly number[]>> = {
  nhwc: [0, 2, 3, 1],
  cnhw: [1, 0, 2, 3],
};

/** Text form of a layout: empty for row-major, `cnhw`, `cnhw/16`, `cnhw+1`, `cnhw+1x2`, `nhwc`, or the order as `(1,0)`. */
export function layoutText(layout: Layout): string {
  if (isRowMajor(layout)) return '';
  const { order, block, pitch } = layout;
  const name = Object.keys(NAMES).find((key) => NAMES[key]?.join(',') === order.join(','));
  const phases = pitch?.phases === 2 ? 'x2' : '';
  const form = `${block === undefined ? '' : `/${block}`}${pitch === undefined ? '' : `+${pitch.gap}${phases}`}`;
  return `${name ?? `(${order.join(',')})`}${form}`;
}

/** The inverse of {@link layoutText}; undefined when the text names no layout of this rank. */
export function parseLayout(text: string, rank: number): Layout | undefined {
  if (text === '') return rowMajor(rank);
  const match = /^(?:([a-z]+)|\(([0-9,]*)\))(?:\/([1-9][0-9]{0,4})|\+([1-9][0-9]{0,2})(x2)?)?$/.exec(text);
  if (!match) return undefined;
  const order = match[1] === undefined ? (match[2] ?? '').split(',').map(Number) : NAMES[match[1]];
  if (order?.length !== rank || new Set(order).size !== rank || order.some((axis) => axis >= rank)) return undefined;
  const [, , , block, gap, phases] = match;
  if (block !== undefined) return { order, block: Number(block) };
  if (gap === undefined) return { order };
  const isChannelMajor = order.length === 4 && sameLayout({ order }, channelMajor(4));
  return isChannelMajor ? onPitch({ gap: Number(gap), phases: phases === undefined ? 1 : 2 }) : undefined;
}
