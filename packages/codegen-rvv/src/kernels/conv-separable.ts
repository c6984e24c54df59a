import { valueAt, type Shape } from '@ait-rvv/ir';
import { defineKernel, type CField, type Target } from '@ait-rvv/codegen-core';
import { bindSteps, channelWalk, type BoundEpilogue } from '../epilogue.js';
import { blockParameters, size, tensor } from '../fields.js';
import { staggerLag } from '../limits.js';
import { evenRows } from '../packing.js';
import { linesRead, sweepElements, sweepTask } from '../sweeps.js';
import { AHEAD, movedCycles, windowCycles, windowTiles } from '../window-tiles.js';
import { windowParameter, type Windows } from '../windows.js';
import {
  matchPrepared,
  paddingFields,
  pictureFields,
  pointwiseObstacle,
  windowFields,
  type ConvMatch,
} from './conv.js';
import { dims, productCycles, productInstance, products, type Product } from './product.js';

interface SeparableMatch extends ConvMatch {
  readonly windows: Windows;
  /** [CI, 1, KH, KW] */
  readonly taps: Shape;
  readonly prologue: BoundEpilogue;
}

/** A product behind sweeps over `taskChannels` channels, `windowRows` output rows at a time in groups of `windowL`. */
type Separable = Product & {
  readonly windowRows: number;
  readonly windowL: number;
  readonly taskChannels: number;
};

/** Bytes of a round's panels and sums: four threads have theirs, and the lines they read, in one second-level cache. */
const ROUND_BYTES = 32 * 1024;

/** Parts that a K block is cut into, so that a round has more rows, and fewer are read by two rounds. */
const PARTS = [1, 2, 4];

/** Results go to panels in the second-level cache: cheaper by so much than to a tensor in memory. */
const PANEL_SHARE = 0.75;

/**
 * Depthwise separable convolution: a depthwise one whose result a 1x1 one multiplies at once, band of rows by band of rows
 * (templates/separable, docs/adr/0018).
 */
export const convSeparable = defineKernel<SeparableMatch, Separable>({
  id: 'separable',
  match(node, context) {
    const match = matchPrepared(node, context);
    if ('reason' in match) return match;
    const { depthwise, prologue = [], groups } = match.node.attrs;
    if (depthwise === undefined) return { reason: 'no depthwise convolution comes before it' };
    const obstacle = pointwiseObstacle(match.node.attrs, match.weightShape);
    if (obstacle !== undefined) return { reason: obstacle };
    if (groups !== 1) return { reason: 'its channels are in groups' };
    const { type, constant } = valueAt(context.graph, node.inputs[depthwise.weight] ?? -1);
    if (constant?.kind !== 'dense') return { reason: 'the depthwise weight is not a dense constant' };
    const [batch = 1, , ...picture] = match.y.shape;
    const between = { ...match.x, shape: [batch, type.shape[0] ?? 1, ...picture] };
    const bound = bindSteps(context.graph, node, prologue, between, channelWalk(4));
    if (typeof bound === 'string') return { reason: bound };
    if (bound.laneInputs.length > 0) return { reason: 'a step before it reads a picture' };
    return { ...match, windows: windowsOf(match, type.shape), taps: type.shape, prologue: bound };
  },
  candidates: (match, target) => products(match, target).flatMap((tile) => blockings(match, tile, target)),
  variations(match, tile) {
    const windows = windowTiles(match.windows).map(({ rows, l }) => ({ ...tile, windowRows: rows, windowL: l }));
    const rounds = [2, 0.5].map((times) => {
      const roundStrips = roundOf(match.y.shape[3] ?? 1, tile.strip, tile.s, times * tile.roundStrips);
      return { ...tile, roundStrips: Math.max(tile.s, roundStrips) };
    });
    return [...windows, ...rounds].filter(
      (other) =>
        other.windowRows !== tile.windowRows ||
        other.windowL !== tile.windowL ||
        other.roundStrips !== tile.roundStrips,
    );
  },
  cost: (match, tile, target) => productCycles(match, tile, target) + windowsCycles(match, tile, target),
  emit(match, parameters) {
    const { x, y, windows, prologue } = match;
    const { windowRows, windowL, strip, kBlock, roundStrips } = parameters;
    const { x_block } = blockParameters(x, y).blocks;
    const { window, name } = windowParameter(windows, windowRows > 0);
    return productInstance(match, {
      family: 'separable',
      kernel: 'separable',
      parameters,
      views: [evenRows(strip)],
      fields: () => [...stageFields(match), size('task_channels', parameters.taskChannels)],
      prologue: prologue.steps,
      form: {
        parameters: {
          ...{ prologue_lag: staggerLag(prologue.steps, 32 / 2 - 8), window, window_rows: windowRows },
          ...{ window_l: windowL, ahead: AHEAD, x_block },
        },
        name: `${name}${x_block === 0 ? '' : `x${x_block}_`}${windowRows}x${windowL}w_`,
      },
      panels: roundStrips * kBlock * strip + sweepElements(windows, Math.max(1, windowRows), parameters),
    });
  },
});

function windowsOf({ node, y }: ConvMatch, taps: Shape): Windows {
  const { strides = [1, 1], dilations = [1, 1] } = node.attrs.depthwise ?? {};
  const [channels = 1, , kernelHeight = 1, kernelWidth = 1] = taps;
  const [, , height = 1, width = 1] = y.shape;
  return { channels, multiplier: 1, out: [height, width], kernel: [kernelHeight, kernelWidth], strides, dilations };
}

/** The tile with K blocks of several sizes, rounds of whole rows where they can be, and the window tile that suits them. */
function blockings(match: SeparableMatch, tile: Product, target: Target): readonly Separable[] {
  const { depth, rows, positions: count } = dims(match);
  const [, , , width = 1] = match.y.shape;
  const found = PARTS.map((parts) => {
    const blocks = Math.ceil(depth / tile.kBlock) * parts;
    const kBlock = Math.ceil(depth / blocks / 8) * 8;
    const sums = kBlock < depth ? rows : 0;
    const most = Math.max(tile.s, Math.floor(ROUND_BYTES / ((kBlock + sums) * tile.strip * 4)));
    const all = Math.ceil(count / tile.strip / tile.s) * tile.s;
    const roundStrips = Math.min(roundOf(width, tile.strip, tile.s, most), all);
    return withWindow(match, { ...tile, kBlock: Math.min(kBlock, depth), roundStrips }, target);
  });
  return found.filter(({ kBlock }, index) => found.findIndex((other) => other.kBlock === kBlock) === index);
}

/** The window tile that goes with it best. */
function withWindow(match: SeparableMatch, tile: Product, target: Target): Separable {
  const [best] = windowTiles(match.windows)
    .map(({ rows, l }) => {
      const { taskChannels: most } = sweepTask(match.windows, Math.max(1, rows), 1);
      const taskChannels = Math.ceil(tile.kBlock / Math.ceil(tile.kBlock / most) / 8) * 8;
      return { ...tile, windowRows: rows, windowL: l, taskChannels: Math.min(tile.kBlock, taskChannels) };
    })
    .map((one) => ({ one, cycles: windowsCycles(match, one, target) }))
    .sort((a, b) => a.cycles - b.cycles);
  if (best === undefined) throw new Error('there is a kernel for every window');
  return best.one;
}

/** What the sweeps of all rounds take. */
function windowsCycles({ x, y, windows }: SeparableMatch, tile: Separable, target: Target): number {
  const [batch = 1, channels = 1, , width = 1] = x.shape;
  const [, , height = 1, outWidth = 1] = y.shape;
  const rounds = Math.ceil((batch * height * outWidth) / (tile.roundStrips * tile.strip));
  const count = (batch * height) / rounds;
  const form = { rows: tile.windowRows, l: tile.windowL };
  const moved = movedCycles(windows, form, tile, { lines: linesRead(windows, count), width, count });
  const computed = windowCycles(windows, form, Math.ceil(count), target);
  return rounds * channels * (moved.in + PANEL_SHARE * moved.out + computed);
}

function stageFields(match: SeparableMatch): CField[] {
  const { node, taps, prologue, epilogue } = match;
  const { depthwise } = node.attrs;
  if (depthwise === undefined) return [];
  return [
    ...pictureFields(match),
    tensor('taps', node.inputs[depthwise.weight]),
    { name: 'x_steps', arg: prologue.data },
    { name: 'steps', arg: epilogue.data },
    ...windowFields(taps, depthwise),
    ...paddingFields(taps, depthwise),
  ];
}

/** As many strips as fill whole rows, at most `most` and a multiple of `step`; so many as there is room for where none do. */
function roundOf(width: number, strip: number, step: number, most: number): number {
  const room = Math.floor(most / step) * step;
  for (let unit = step; unit <= room; unit += step) {
    if ((unit * strip) % width === 0) return Math.floor(room / unit) * unit;
  }
  return room;
}
