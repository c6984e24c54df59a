import type { Shape } from './shape.js';

/**
 * Rows of pictures on a zero-padded pitch: `gap` columns of zeros after every row, `gap` rows of zeros after every picture, and
 * as much before the first one. A window that reaches over an edge by no more than the gap reads zeros there, so that each of
 * its taps is a fixed number of elements away, whatever the position.
 *
 * With 2 `phases` rows and columns are dealt by parity to four planes, each on a pitch of its own: what a tap of stride 2 reads
 * for neighbouring outputs are neighbours.
 */
export interface Pitch {
  readonly gap: number;
  readonly phases: 1 | 2;
}

/**
 * Where the elements of a channel-major tensor [N, C, H, W] on a pitch lie, counted in elements: channel `c`, picture `n`, row
 * `h`, column `w` is at
 *
 *     c·channel + (h mod phases · phases + w mod phases)·plane + lead + (n·height + ⌊h/phases⌋)·width + ⌊w/phases⌋.
 */
export interface PitchedGrid {
  /** Columns and rows of a picture in one plane, those of the gap included. */
  readonly width: number;
  readonly height: number;
  /** Columns and rows without them. */
  readonly innerWidth: number;
  readonly innerHeight: number;
  /** Elements before the first position: zeros, enough for the gap and for whole cache lines. */
  readonly lead: number;
  /** Positions of a plane, from its first element to its last one that is no zero of the gap. */
  readonly positions: number;
  /** Elements from plane to plane and from channel to channel; the zeros after a plane are those before the next one. */
  readonly plane: number;
  readonly channel: number;
  /** Elements of the whole tensor. */
  readonly elements: number;
}

/** Elements of a cache line. */
const LINE = 16;

/** The grid of a tensor of this shape, [N, C, H, W]. */
export function pitchedGrid([pictures = 1, channels = 1, rows = 1, columns = 1]: Shape, pitch: Pitch): PitchedGrid {
  const { gap, phases } = pitch;
  const [innerHeight, innerWidth] = [Math.ceil(rows / phases), Math.ceil(columns / phases)];
  const [height, width] = [innerHeight + gap, innerWidth + gap];
  const lead = wholeLines(gap * width + gap);
  const positions = ((pictures - 1) * height + innerHeight) * width - gap;
  const plane = oddLines(lead + positions);
  const channel = phases === 1 ? plane : oddLines(phases * phases * plane);
  return {
    width,
    height,
    innerWidth,
    innerHeight,
    lead,
    positions,
    plane,
    channel,
    elements: channels * channel + lead,
  };
}

function wholeLines(elements: number): number {
  return Math.ceil(elements / LINE) * LINE;
}

/** An odd number of lines: neighbouring channels fall into other sets of a cache. */
function oddLines(elements: number): number {
  const lines = Math.ceil(elements / LINE);
  return (lines + ((lines + 1) % 2)) * LINE;
}
