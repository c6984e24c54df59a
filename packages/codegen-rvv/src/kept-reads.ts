import type { ColumnNMEncoding } from '@ait-rvv/ir';
import type { PackedWeights } from '@ait-rvv/codegen-core';
import { placesOf } from './packing.js';

/** How a pruned weight `[groups·rows][lines·channels]` of a convolution is read: a line is a tap, or a whole kernel row. */
export interface ReadShape {
  readonly groups: number;
  /** Rows of one group. */
  readonly rows: number;
  readonly lines: number;
  readonly channels: number;
  /** Columns of one line and channel: 1 for a tap, those of a kernel row for all its taps. */
  readonly taps: number;
}

/**
 * What a packed convolution must copy: the channels of each line that some tile of the group keeps a column of. The others
 * are multiplied with by nobody. Items are numbered line · channels + channel.
 */
export interface KeptReads extends ReadShape {
  /** Items of all groups that are copied, and what part of all that is. */
  readonly copied: number;
  readonly share: number;
  /** How many items of a group below `item` are copied; where it is itself, it is that number in the order of panels. */
  readonly below: (group: number, item: number) => number;
}

export function keptReads(weight: ColumnNMEncoding, shape: ReadShape): KeptReads {
  const { groups, rows, lines, channels, taps } = shape;
  const items = lines * channels;
  const ranks = new Uint32Array(groups * (items + 1));
  let copied = 0;
  for (let group = 0; group < groups; group++) {
    const isKept = keptItems(weight, shape, group * rows);
    const own = ranks.subarray(group * (items + 1), (group + 1) * (items + 1));
    for (let item = 0; item < items; item++) own[item + 1] = (own[item] ?? 0) + (isKept[item] ?? 0);
    copied += own[items] ?? 0;
  }
  const below = (group: number, item: number): number => ranks[group * (items + 1) + item] ?? 0;
  return { groups, rows, lines, channels, taps, copied, share: copied / (groups * items), below };
}

/** 1 for every item that some tile of the rows from `first` on keeps a column of. */
function keptItems(
  { tileRows, columns, values }: ColumnNMEncoding,
  { rows, lines, channels, taps }: ReadShape,
  first: number,
): Uint8Array {
  const isKept = new Uint8Array(lines * channels);
  const kept = values.shape[1] ?? 0;
  const [from, to] = [Math.floor(first / tileRows), Math.ceil((first + rows) / tileRows)];
  for (const column of columns.subarray(from * kept, to * kept)) {
    const tap = Math.floor(column / channels);
    isKept[Math.floor(tap / taps) * channels + (column % channels)] = 1;
  }
  return isKept;
}

/**
 * The lists kernels copy by: for each group, K block of `kBlock` columns and line where its list begins in the same array,
 * then where the last one ends, then the lists: the elements (tensors have fewer than 2^31) to each channel copied, `pitch`
 * apart. With several `ways` to read (taps, kernel rows) the lines of each follow those of the one before.
 */
export function packReads(
  name: string,
  ways: readonly KeptReads[],
  { depth, kBlock, pitch }: { readonly depth: number; readonly kBlock: number; readonly pitch: number },
): PackedWeights {
  const [{ groups }] = ways as [KeptReads];
  const blocks = Math.ceil(depth / kBlock);
  const lines = ways.reduce((sum, way) => sum + way.lines, 0);
  const listed = ways.reduce((sum, way) => sum + way.copied, 0);
  const begins = groups * blocks * lines + 1;
  return {
    name: `${name}.reads`,
    bytes: (begins + listed) * 4,
    pack: () => {
      const out = new Uint32Array(begins + listed);
      let [at, end] = [0, begins];
      for (const { group, first } of placesOf({ groups, kBlock }, depth)) {
        const last = Math.min(depth, first + kBlock);
        for (const way of ways) {
          for (let line = 0; line < way.lines; line++) {
            out[at++] = end;
            for (const channel of channelsOf(way, group, line, first / way.taps, last / way.taps)) {
              out[end++] = channel * pitch;
            }
          }
        }
      }
      out[at] = end;
      return new Uint8Array(out.buffer);
    },
  };
}

/** Channels of a line that are copied, as far as their items lie in [from, to). */
function* channelsOf(
  { channels, below }: KeptReads,
  group: number,
  line: number,
  from: number,
  to: number,
): Generator<number> {
  const first = line * channels;
  for (let item = Math.max(from, first); item < Math.min(to, first + channels); item++) {
    if (below(group, item + 1) > below(group, item)) yield item - first;
  }
}
