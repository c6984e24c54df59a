import {
  conv2dWindow,
  isDepthwise,
  pitchedGrid,
  positionBlocks,
  type Pitch,
  type PitchedGrid,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, type CField, type Mismatch } from '@ait-rvv/codegen-core';
import { pitch as pitchField, size, tensor } from '../fields.js';
import type { OperandView } from '../packing.js';
import { fillsGrid, walkedGrid, windowObstacle } from '../pitched.js';
import { resultFields, wayFromRuns, wayName, type ResultWay } from '../scatter.js';
import { matchConvOn, type ConvMatch } from './conv.js';
import { dims, nearProducts, productCycles, productInstance, products, type Product } from './product.js';

/** A convolution whose input lies on a pitch. */
interface DirectMatch extends ConvMatch {
  readonly pitch: Pitch;
  readonly grid: PitchedGrid;
  /** Where results go, if not on the grid that is walked. */
  readonly way: ResultWay | 'grid';
}

/** Pictures on a zero-padded pitch: every column lies a fixed number of bytes from its position, and nothing is packed. */
export const convDirect = defineKernel<DirectMatch, Product>({
  id: 'conv_direct',
  match(node, { graph }) {
    const match = matchConvOn(node, graph, (x, y) =>
      x.layout.pitch === undefined ? y.layout : walkedGrid(x.layout.pitch),
    );
    if ('reason' in match) return match;
    const { x, y } = match;
    const { pitch } = x.layout;
    if (pitch === undefined) return { reason: 'the rows of its input have no zeros between them' };
    if (isDepthwise(x, match.node.attrs))
      return { reason: 'depthwise: one input channel a group leaves nothing to share' };
    const obstacle = windowObstacle(match, pitch);
    if (obstacle !== undefined) return { reason: obstacle };
    if (match.epilogue.laneInputs.length > 0 && !fillsGrid(match, pitch))
      return { reason: 'what it adds does not lie at the positions of its input' };
    const grid = pitchedGrid(x.shape, pitch);
    if (grid.elements * 4 > MOST_OFFSET) return { reason: 'its input is larger than offsets reach' };
    const way = resultWay(y, pitch, grid);
    return typeof way === 'object' ? way : { ...match, pitch, grid, way, lanes: walkedLanes(y, grid) };
  },
  candidates: (match, target) =>
    products(match, target, {
      inStrips: [],
      panelOf: (strip) => ({ columnBytes: columnBytes(match, strip), unit: unitOf(match) }),
    }),
  variations: nearProducts,
  cost: (match, tile, target) => productCycles(match, tile, target) + lineCycles(match, tile),
  emit(match, parameters) {
    const { node, x, y, epilogue, grid, way } = match;
    return productInstance(match, {
      family: 'conv_direct',
      kernel: 'conv_direct',
      parameters,
      views: [offsetsOf(match)],
      absolute: true,
      fields: (): readonly CField[] => [
        tensor('x', node.inputs[0]),
        pitchField('x_pitch', x),
        ...resultFields(y, node.outputs[0], way === 'grid' ? grid.lead : 0),
        size('channels', match.weightShape[1] ?? 1),
        size('out_height', y.shape[2] ?? 1),
        size('out_width', y.shape[3] ?? 1),
        { name: 'steps', arg: epilogue.data },
      ],
      scatters: way !== 'grid',
      form: { parameters: { y_way: way }, name: wayName(way) },
    });
  },
});

/** The largest offset in 32 bits. */
const MOST_OFFSET = 2 ** 32 - 1;

/** Positions from the first output of the first picture to the last one of the last. */
function walkedLanes(
  { shape: [pictures = 1, , rows = 1, columns = 1] }: TensorType,
  { width, height }: PitchedGrid,
): number {
  return ((pictures - 1) * height + rows - 1) * width + columns;
}

/** A result on the grid that is walked, or where else it goes. */
function resultWay(y: TensorType, { gap }: Pitch, grid: PitchedGrid): ResultWay | 'grid' | Mismatch {
  const { pitch } = y.layout;
  if (pitch === undefined) {
    return positionBlocks(y.shape, y.layout) === undefined
      ? { reason: 'the channels of its output must be runs of positions, or rows on a pitch' }
      : 'positions';
  }
  const own = pitchedGrid(y.shape, pitch);
  const same = pitch.gap === gap && pitch.phases === 1 && own.width === grid.width && own.height === grid.height;
  return same ? 'grid' : wayFromRuns(y);
}

/** Columns of a kernel row: they read the same lines. */
function unitOf({ weightShape: [, depth = 1, , kernel = 1] }: ConvMatch): number {
  return depth * kernel;
}

/** Bytes of the lines that a column reads for a strip, as its share of those of its kernel row. */
function columnBytes({ weightShape: [, , , kernel = 1] }: ConvMatch, strip: number): number {
  return (strip * 4 + 64) / kernel;
}

/** What each column multiplies with, in bytes from the position: see templates/conv_direct/args.h.njk. */
function offsetsOf({ node, weightShape, grid, pitch: { phases } }: DirectMatch): OperandView {
  const [, depth = 1, , kernelWidth = 1] = weightShape;
  const [vertical, horizontal] = [conv2dWindow(weightShape, node.attrs, 0), conv2dWindow(weightShape, node.attrs, 1)];
  return (column) => {
    const tap = Math.floor(column / depth);
    const row = Math.floor(tap / kernelWidth) * vertical.dilation - vertical.padBegin;
    const shift = (tap % kernelWidth) * horizontal.dilation - horizontal.padBegin;
    const plane = phases === 1 ? 0 : 2 * (row & 1) + (shift & 1);
    const position = Math.floor(row / phases) * grid.width + Math.floor(shift / phases);
    return 4 * ((column % depth) * grid.channel + plane * grid.plane + grid.lead + position);
  };
}

/** Bytes of a cache line. */
const LINE_BYTES = 64;

/**
 * Bytes of lines and of a tile's weights that a first-level cache of 32 KiB in 4 ways holds while tiles take turns, and how often
 * all lines come again for a tile where there are twice as many. Found by measuring.
 */
const NEAR_BYTES = 17 * 1024;
const AGAIN = 0.85;

/** Bytes of a tensor and of weights that a second-level cache holds from one layer to the next. */
const FAR_BYTES = 384 * 1024;

/** Cycles of the first line of a run that comes from the second-level cache or from memory, and of each further one. */
const LOAD = { near: 20, far: 170, next: 8 } as const;

/** The same of a line that is stored. */
const STORE = { near: 10, far: 155 } as const;

/** Cycles of a result that goes on from scratch, as a whole run or as every other element of one. */
const RUN_OUT = 1;
const DEALT_OUT = 4;

/**
 * Cycles of lines: neighbouring channels lie far apart, so that the run of a channel comes by itself, for each kernel row and
 * every block of row tiles anew; and results go to such runs, or go on from scratch to where they belong.
 */
function lineCycles(match: DirectMatch, { s, strip, kBlock, rowTiles, t }: Product): number {
  const { x, y, weightShape, grid, way } = match;
  const { groups, rows, depth, kept, positions: count } = dims(match);
  const [, channels = 1] = weightShape;
  // A strip hardly begins where a line does.
  const lines = s * ((strip * 4) / LINE_BYTES + 1);
  const spans = Math.ceil(count / (s * strip));
  // Taps of a kernel row find the lines of the first one.
  const runs = Math.min(kBlock, channels);
  const held = runs * lines * LINE_BYTES + (t * 4 * kBlock * kept) / depth;
  const tiles = Math.ceil(rows / t);
  const excess = Math.max(0, held / NEAR_BYTES - 1);
  const again = AGAIN * excess * (Math.min(tiles, rowTiles) - 1);
  const passes = Math.ceil(tiles / rowTiles) * (1 + again);
  const weightBytes = groups * rows * kept * 4;
  const isFar = ({ shape: [, all = 1] }: TensorType): boolean => all * grid.channel * 4 + weightBytes > FAR_BYTES;
  const near = passes * spans * Math.ceil(depth / kBlock) * runs * (LOAD.near + (lines - 1) * LOAD.next);
  const loads = groups * (near + (isFar(x) ? spans * channels * LOAD.far : 0));
  if (way !== 'grid') return loads + groups * rows * count * (way === 'phases' ? DEALT_OUT : RUN_OUT);
  return loads + groups * rows * spans * (isFar(y) ? STORE.far : STORE.near);
}
