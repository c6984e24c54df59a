import { elementCount, isDepthwise } from '@ait-rvv/ir';
import { defineKernel, type CField, type KernelInstance, type Target } from '@ait-rvv/codegen-core';
import { gemmCycles } from '../cost.js';
import { size, tensor } from '../fields.js';
import { fitsEpilogue } from '../limits.js';
import { bindWeights, fitsTile, keptColumns } from '../packing.js';
import { kernelSource } from '../sources.js';
import { TILES, type Tile } from '../tiles.js';
import { channelStride, convFields, laneOperands, matchConv, type ConvMatch } from './conv.js';

/** A tile, and for packed columns the positions of a panel. */
interface PanelTile extends Tile {
  readonly panel: number;
}

/** The convolution as products of `[rows][kept]` with `[kept][positions]`, one per group. */
function dims({ node, weightShape, weight, y }: ConvMatch) {
  const { groups } = node.attrs;
  const [co = 1] = weightShape;
  return {
    groups,
    rows: co / groups,
    depth: elementCount(weightShape.slice(1)),
    kept: keptColumns(weight, weightShape, 0),
    positions: (y.shape[0] ?? 1) * elementCount(y.shape.slice(2)),
  };
}

function tiles({ weight, epilogue }: ConvMatch): readonly Tile[] {
  const offered = weight.kind === 'dense' ? TILES.gemm : TILES.columnNM;
  return offered.filter(({ t, l }) => fitsTile(weight, t) && fitsEpilogue(t, l, epilogue.steps));
}

function productCycles(match: ConvMatch, { t, l }: Tile, { tuneVlen }: Target): number {
  const { groups, rows, kept, positions } = dims(match);
  return groups * gemmCycles(rows, kept, positions, t, l, tuneVlen);
}

/** Row tiles a task takes: all of them unless that leaves too few tasks for a handful of threads. */
function taskTiles(rows: number, positions: number, { t, l }: Tile): number {
  const count = Math.ceil(rows / t);
  // Counted for the widest machine we test, so that the grid is fine enough on all of them.
  const panels = Math.ceil(positions / (32 * l));
  const chunks = Math.min(count, Math.ceil(TASKS_WANTED / panels));
  return Math.ceil(count / chunks);
}

const TASKS_WANTED = 16;

interface ProductRequest {
  readonly family: 'gemm' | 'conv_gemm';
  readonly tile: Tile;
  readonly scratch: readonly number[];
  readonly offsetOf: (column: number) => number;
  /** Fields of the arguments beside the weights, the grid and the number of kept columns. */
  readonly fields: readonly CField[];
}

function productInstance(match: ConvMatch, request: ProductRequest): KernelInstance {
  const { family, tile, scratch, offsetOf } = request;
  const { t, l } = tile;
  const { node, weight, weightShape, epilogue } = match;
  const { groups, rows, positions } = dims(match);
  const bound = bindWeights(weight, weightShape, 0, { name: node.name, groups, t, offsetOf });
  const encoding = { '': '', uint16_t: 'cnm16_', uint32_t: 'cnm_' }[bound.offset];
  const source = kernelSource({
    family,
    variant: `${encoding}${t}x${l}v`,
    epilogue: epilogue.steps,
    parameters: { t, l, offset: bound.offset },
    scratchParameters: scratch.length,
  });
  const weights: CField[] = [
    { name: 'w', arg: { kind: 'packed', index: 0 } },
    ...(bound.packed.length > 1 ? [{ name: 'offsets', arg: { kind: 'packed', index: 1 } } as const] : []),
    size('kept', bound.kept),
  ];
  const grid = [size('groups', groups), size('rows', rows), size('task_tiles', taskTiles(rows, positions, tile))];
  return {
    kernel: bound.offset === '' ? family : `${family}_cnm`,
    parameters: tile,
    calls: [{ symbol: source.symbol, argsType: source.argsType, args: [...request.fields, ...weights, ...grid] }],
    sources: [source],
    scratch: scratch.length === 0 ? [] : [{ symbol: source.symbol, args: scratch }],
    weights: bound.packed,
    inPlace: laneOperands(node, epilogue),
  };
}

/** 1x1, stride 1, no padding: rows of the input are channels already, nothing is packed. */
export const convDirect1x1 = defineKernel<ConvMatch, Tile>({
  id: 'gemm',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    const { attrs } = match.node;
    const [, , kh, kw] = match.weightShape;
    if (kh !== 1 || kw !== 1) return { reason: `the kernel is ${kh}x${kw}, not 1x1` };
    if (attrs.strides.some((stride) => stride !== 1))
      return { reason: `stride ${attrs.strides.join('x')} skips positions` };
    if (attrs.pads.some((extra) => extra !== 0)) return { reason: 'padding needs packing' };
    return match;
  },
  candidates: tiles,
  cost: productCycles,
  emit(match, tile) {
    const { depth, positions } = dims(match);
    const channel = channelStride(match.x);
    return productInstance(match, {
      family: 'gemm',
      tile,
      scratch: [],
      offsetOf: (column) => column * channel * 4,
      fields: [
        tensor('x', match.node.inputs[0]),
        tensor('y', match.node.outputs[0]),
        size('x_channel', channel),
        size('y_channel', channelStride(match.y)),
        { name: 'steps', arg: match.epilogue.data },
        size('depth', depth),
        size('positions', positions),
      ],
    });
  },
});

/** Any convolution: panels of im2col columns are packed by the task that multiplies them. */
export const convGemm = defineKernel<ConvMatch, PanelTile>({
  id: 'conv_gemm',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    if (isDepthwise(match.x, match.node.attrs)) {
      return { reason: 'depthwise: one input channel a group leaves nothing to share' };
    }
    return match;
  },
  // A panel is as wide as the tile's vectors on the machine we tune for (docs/adr/0006).
  candidates: (match, { tuneVlen }) => tiles(match).map((tile) => ({ ...tile, panel: (tile.l * tuneVlen) / 32 })),
  cost(match, tile, target) {
    const { groups, rows, depth, positions } = dims(match);
    // Packing: a load and a store of every panel element, shared by all rows.
    const packing = (groups * depth * positions * 5) / (target.tuneVlen / 32);
    return productCycles(match, tile, target) + packing + rows;
  },
  emit(match, tile) {
    const { depth } = dims(match);
    const [, channels = 1] = match.weightShape;
    return productInstance(match, {
      family: 'conv_gemm',
      tile,
      scratch: [depth, tile.panel],
      offsetOf: (column) => column * tile.panel * 4,
      fields: [
        ...convFields(match).filter(({ name }) => name !== 'w'),
        size('channels', channels),
        size('panel', tile.panel),
      ],
    });
  },
});
