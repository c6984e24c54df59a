import {
  conv2dWindow,
  elementCount,
  isDepthwise,
  positionBlocks,
  positionCount,
  type Node,
  type TensorType,
} from '@ait-rvv/ir';
import {
  defineKernel,
  type CField,
  type KernelInstance,
  type Mismatch,
  type SelectContext,
  type Target,
} from '@ait-rvv/codegen-core';
import { blockProduct, nearBlockings, type Blocking } from '../blocking.js';
import { loneLineCycles, productTileCycles, type ProductWork } from '../cost.js';
import { blockParameters, positions, size, tensor } from '../fields.js';
import { fitsProductEpilogue, staggerLag } from '../limits.js';
import { bindWeights, fitsTile, keptColumns } from '../packing.js';
import { kernelSource } from '../sources.js';
import { cutRows, type RowTiles } from '../row-tiles.js';
import { TILES, type ProductTile } from '../tiles.js';
import { convFields, matchConv, type ConvMatch } from './conv.js';

/** The parameters of a product kernel: its register tile and how it goes through the operands. */
type Product = ProductTile & Blocking;

/** The convolution as products of `[rows][depth]` with `[depth][positions]`, one per group. */
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

/** Tiles of one group's rows: within those of the mask, whose rows share their columns. */
function tilesOf({ weight, weightShape, node }: ConvMatch, t: number): RowTiles {
  return cutRows((weightShape[0] ?? 1) / node.attrs.groups, t, weight.kind === 'dense' ? 0 : weight.tileRows);
}

/** Legal tiles with their blocking: strips fit into the position blocks of x and y. */
function products(match: ConvMatch, target: Target, direct: boolean): readonly Product[] {
  const { weight, epilogue, x, y } = match;
  const offered = weight.kind === 'dense' ? TILES.gemm : TILES.columnNM;
  const blocks = (direct ? [x, y] : [y]).flatMap((type) => blockOf(type));
  return offered
    .filter((tile) => fitsTile(weight, tile.t) && fitsProductEpilogue(tile, epilogue.steps))
    .map((tile) => ({ ...tile, ...blockProduct(dims(match), tile, tilesOf(match, tile.t), target) }))
    .filter(({ strip }) => blocks.every((block) => block % strip === 0));
}

/** The same tile with other blockings. */
function nearProducts(match: ConvMatch, tile: Product): readonly Product[] {
  const { strip, kBlock, roundStrips, rowTiles } = tile;
  const near = nearBlockings({ strip, kBlock, roundStrips, rowTiles }, dims(match), tile, tilesOf(match, tile.t));
  return near.map((blocking) => ({ ...tile, ...blocking }));
}

/** The length of position blocks, where there is more than one. */
function blockOf({ shape, layout }: TensorType): readonly number[] {
  const block = positionBlocks(shape, layout)?.block ?? 1;
  return block < positionCount(shape) ? [block] : [];
}

function workOf(match: ConvMatch, tile: Product): ProductWork {
  const { kept, depth, positions: count } = dims(match);
  return { kept, depth, positions: count, tile, rows: tilesOf(match, tile.t), blocking: tile };
}

function productCycles(match: ConvMatch, tile: Product, { tuneVlen }: Target): number {
  return match.node.attrs.groups * productTileCycles(workOf(match, tile), tuneVlen);
}

/** Register group whose lanes are the rows of a tile, when one register has `lanes` of them. */
function loneLmul(rows: number, lanes: number): number {
  return [1, 2, 4].find((lmul) => rows <= lmul * lanes) ?? 8;
}

interface ProductRequest {
  readonly family: 'gemm' | 'conv_gemm';
  readonly parameters: Product;
  /** Elements from one row of the operand to the next. */
  readonly pitch: number;
  /** Fields of the arguments beside weights and blocking. */
  readonly fields: readonly CField[];
  /** What else the template must know, and its part of the variant. */
  readonly form: { readonly parameters: Readonly<Record<string, unknown>>; readonly name: string };
  /** Elements of scratch beside sums and panels. */
  readonly stage?: number;
}

function productInstance(
  match: ConvMatch,
  { family, parameters, pitch, fields, form, stage = 0 }: ProductRequest,
): KernelInstance {
  const { s, l, strip, kBlock, roundStrips, rowTiles } = parameters;
  const { node, weight, weightShape, epilogue } = match;
  const { groups, rows, depth, positions: count } = dims(match);
  const tiles = tilesOf(match, parameters.t);
  const layout = { name: node.name, groups, tiles, kBlock, pitch: pitch * 4 };
  const { offset, packed } = bindWeights(weight, weightShape, 0, layout);
  const { t, low } = tiles;
  const encoding = { '': '', uint16_t: 'cnm16_', uint32_t: 'cnm_' }[offset];
  const source = kernelSource({
    family,
    variant: `${form.name}${encoding}${t}x${s === 1 ? '' : `${s}x`}${l}v${low === 0 ? '' : `_r${low}`}`,
    epilogue: epilogue.steps,
    computed: true,
    parameters: {
      lag: staggerLag(epilogue.steps, Math.floor(32 / l) - t * s),
      t,
      strips: s,
      l,
      low,
      lone_l: loneLmul(t, strip / l),
      offset,
      ...form.parameters,
    },
    scratchParameters: 3,
  });
  const weights = ['w', 'offsets', 'slices']
    .slice(0, packed.length)
    .map((name, index): CField => ({ name, arg: { kind: 'packed', index } }));
  const numbers = { groups, rows, depth, positions: count, tiles: tiles.tiles, tall: tiles.tall };
  const blocking = { strip, round_strips: roundStrips, k_block: kBlock, row_tiles: rowTiles };
  const args = [
    ...fields,
    ...weights,
    ...Object.entries({ ...numbers, ...blocking }).map(([name, value]) => size(name, value)),
  ];
  const partial = (kBlock < depth ? roundStrips * rows : t) * strip;
  const panels = family === 'conv_gemm' ? roundStrips * kBlock * strip + stage : 0;
  return {
    kernel: `${stage > 0 ? 'conv_staged' : family}${offset === '' ? '' : '_cnm'}`,
    parameters,
    calls: [{ symbol: source.symbol, argsType: source.argsType, args }],
    sources: [source],
    scratch: [{ symbol: source.symbol, args: [partial, panels, depth * strip] }],
    weights: packed,
    inPlace: epilogue.laneInputs,
  };
}

/** 1x1, stride 1, no padding: channels of the input are rows of the operand already, nothing is packed. */
export const convDirect1x1 = defineKernel<ConvMatch, Product>({
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
  candidates: (match, target) => products(match, target, true),
  variations: nearProducts,
  cost: (match, tile, target) =>
    productCycles(match, tile, target) + match.node.attrs.groups * loneLineCycles(workOf(match, tile)),
  emit(match, parameters) {
    const { node, x, y, epilogue } = match;
    return productInstance(match, {
      family: 'gemm',
      parameters,
      pitch: positionBlocks(x.shape, x.layout)?.channel ?? 0,
      fields: [
        tensor('x', node.inputs[0]),
        positions('x_at', x, node.inputs[0]),
        tensor('y', node.outputs[0]),
        positions('y_at', y, node.outputs[0]),
        { name: 'steps', arg: epilogue.data },
      ],
      form: { parameters: {}, name: '' },
    });
  },
});

/** What both ways to pack ask for. */
function matchPacked(node: Node, context: SelectContext): ConvMatch | Mismatch {
  const match = matchConv(node, context);
  if ('reason' in match) return match;
  return isDepthwise(match.x, match.node.attrs)
    ? { reason: 'depthwise: one input channel a group leaves nothing to share' }
    : match;
}

/** Cycles to pack: `row` of them for a column of one strip, and `tap` for all columns of a tap. */
function packingCycles(match: ConvMatch, { strip }: Product, row: number, tap: number): number {
  const { groups, depth, positions: count } = dims(match);
  const taps = elementCount(match.weightShape.slice(2));
  return groups * Math.ceil(count / strip) * ((depth * row * strip) / 16 + taps * tap);
}

function packedInstance(match: ConvMatch, parameters: Product, staged: boolean): KernelInstance {
  const [, channels = 1] = match.weightShape;
  const [, stride] = match.node.attrs.strides;
  const { blocks, name } = blockParameters(match.x, match.y);
  return productInstance(match, {
    family: 'conv_gemm',
    parameters,
    pitch: parameters.strip,
    fields: [...convFields(match), size('channels', channels)],
    form: {
      parameters: { stride_w: stride, stage: staged, ...blocks },
      name: `${staged ? 'staged_' : ''}${stride === 1 ? '' : `s${stride}_`}${name}`,
    },
    stage: staged ? stageElements(match, parameters) : 0,
  });
}

/** Any convolution: strips of im2col columns are packed by the task that multiplies them. */
export const convGemm = defineKernel<ConvMatch, Product>({
  id: 'conv_gemm',
  match: matchPacked,
  candidates: (match, target) => products(match, target, false),
  variations: nearProducts,
  cost(match, parameters, target) {
    const [, stride] = match.node.attrs.strides;
    return productCycles(match, parameters, target) + packingCycles(match, parameters, stride === 1 ? 9 : 22, 100);
  },
  emit: (match, parameters) => packedInstance(match, parameters, false),
});

/** The same from a band of padded lines: see templates/shared/staged.njk. */
export const convStaged = defineKernel<ConvMatch, Product>({
  id: 'conv_staged',
  match(node, context) {
    const match = matchPacked(node, context);
    if ('reason' in match) return match;
    const [, channels = 1] = match.weightShape;
    return channels > MOST_STAGED ? { reason: `${channels} channels are too many to be packed line by line` } : match;
  },
  candidates: (match, target) => products(match, target, false),
  cost: (match, parameters, target) =>
    productCycles(match, parameters, target) +
    packingCycles(match, parameters, 9, 0) +
    stageElements(match, parameters),
  emit: (match, parameters) => packedInstance(match, parameters, true),
});

/** Most channels of a band: each is a stream of its own, and caches follow only a few. */
const MOST_STAGED = 4;

/** Elements of a round's band, and where each column begins in it. */
function stageElements({ node, x, y, weightShape }: ConvMatch, { roundStrips, strip }: Product): number {
  const [vertical, horizontal] = [conv2dWindow(weightShape, node.attrs, 0), conv2dWindow(weightShape, node.attrs, 1)];
  const [, channels = 1, ...taps] = weightShape;
  const [, , height = 1, width = 1] = y.shape;
  const positionsOfRound = roundStrips * strip;
  const reach = (vertical.kernel - 1) * vertical.dilation + 1;
  // Runs of positions that begin anywhere: the output lines, and the ends of pictures, they can touch.
  const outLines = Math.floor((positionsOfRound + width - 2) / width) + 1;
  const ends = Math.min((x.shape[0] ?? 1) - 1, Math.floor((positionsOfRound + height * width - 2) / (height * width)));
  const lines = (outLines - 1) * vertical.stride + reach + ends * Math.max(0, reach - vertical.stride);
  const pitch = width + Math.floor(((horizontal.kernel - 1) * horizontal.dilation) / horizontal.stride);
  return channels * elementCount(taps) + channels * lines * horizontal.stride * pitch;
}
