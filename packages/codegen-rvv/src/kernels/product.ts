import { elementCount, positionBlocks, positionCount, type TensorType } from '@ait-rvv/ir';
import type { CField, KernelInstance, PackedWeights, Target } from '@ait-rvv/codegen-core';
import { blockProduct, nearBlockings, type Blocking, type PanelLayout } from '../blocking.js';
import { productTileCycles, type ProductWork } from '../cost.js';
import type { TemplateStep } from '../epilogue.js';
import { size } from '../fields.js';
import { fitsProductEpilogue, staggerLag } from '../limits.js';
import { bindWeights, fitsTile, keptColumns, maskRows, type Lookup, type OperandView } from '../packing.js';
import { kernelSource } from '../sources.js';
import { cutRows, type RowTiles } from '../row-tiles.js';
import { TILES, type ProductTile } from '../tiles.js';
import type { ConvMatch } from './conv.js';

/** The parameters of a product kernel: its register tile and how it goes through the operands. */
export type Product = ProductTile & Blocking;

/** The convolution as products of `[rows][depth]` with `[depth][positions]`, one per group. */
export function dims({ node, weightShape, weight, y, lanes }: ConvMatch) {
  const { groups } = node.attrs;
  const [co = 1] = weightShape;
  return {
    groups,
    rows: co / groups,
    depth: elementCount(weightShape.slice(1)),
    kept: keptColumns(weight, weightShape, 0),
    maskRows: maskRows(weight),
    positions: lanes ?? positionCount(y.shape),
  };
}

/** Tiles of one group's rows: within those of the mask, whose rows share their columns. */
function tilesOf({ weight, weightShape, node }: ConvMatch, t: number): RowTiles {
  return cutRows((weightShape[0] ?? 1) / node.attrs.groups, t, maskRows(weight));
}

interface ProductSpace {
  /** Tensors that are read or written strip by strip, whose position blocks strips must fit into; default: y. */
  readonly inStrips?: readonly TensorType[];
  readonly panelOf?: (strip: number) => PanelLayout;
}

/** Legal tiles with their blocking. */
export function products(
  match: ConvMatch,
  target: Target,
  { inStrips = [match.y], panelOf }: ProductSpace = {},
): readonly Product[] {
  const { weight, epilogue } = match;
  const offered = weight.kind === 'dense' ? TILES.gemm : TILES.columnNM;
  const blocks = inStrips.flatMap((type) => blockOf(type));
  return offered
    .filter((tile) => fitsTile(weight, tile.t) && fitsProductEpilogue(tile, epilogue.steps))
    .map((tile) => ({ ...tile, ...blockProduct(dims(match), tile, tilesOf(match, tile.t), target, panelOf) }))
    .filter(({ strip }) => blocks.every((block) => block % strip === 0));
}

/** The same tile with other blockings. */
export function nearProducts(match: ConvMatch, tile: Product): readonly Product[] {
  const { strip, kBlock, roundStrips, rowTiles } = tile;
  const near = nearBlockings({ strip, kBlock, roundStrips, rowTiles }, dims(match), tile, tilesOf(match, tile.t));
  return near.map((blocking) => ({ ...tile, ...blocking }));
}

/** The length of position blocks, where there is more than one. */
function blockOf({ shape, layout }: TensorType): readonly number[] {
  const block = positionBlocks(shape, layout)?.block;
  return block !== undefined && block < positionCount(shape) ? [block] : [];
}

/** The products of one group, as the cost estimate wants them. */
export function workOf(match: ConvMatch, tile: Product): ProductWork {
  const { kept, depth, positions: count } = dims(match);
  return { kept, depth, positions: count, tile, rows: tilesOf(match, tile.t), blocking: tile };
}

/** Estimated cycles of all groups' products, without packing. */
export function productCycles(match: ConvMatch, tile: Product, { tuneVlen }: Target): number {
  return match.node.attrs.groups * productTileCycles(workOf(match, tile), tuneVlen);
}

/** Register group whose lanes are the rows of a tile, when one register has `lanes` of them. */
export function loneLmul(rows: number, lanes: number): number {
  return [1, 2, 4].find((lmul) => rows <= lmul * lanes) ?? 8;
}

interface ProductRequest {
  readonly family: 'gemm' | 'gemm_prologue' | 'separable' | 'conv_gemm' | 'conv_direct';
  readonly parameters: Product;
  /** What the kernel is called in reports; `_cnm` follows where the weight is pruned by columns. */
  readonly kernel: string;
  /** How the rows of the operand may lie. */
  readonly views: readonly OperandView[];
  /** Whether they are counted from the first of the depth, and not of their K block. */
  readonly absolute?: boolean;
  /** Fields of the arguments beside weights and blocking. `viewOffsets`: offsets of each view. */
  readonly fields: (viewOffsets: number) => readonly CField[];
  /** What else the template must know, and its part of the variant. */
  readonly form: { readonly parameters: Readonly<Record<string, unknown>>; readonly name: string };
  readonly prologue?: readonly TemplateStep[];
  /** Whether results do not lie as they are computed: a tile keeps them in scratch first. */
  readonly scatters?: boolean;
  /** What is packed, line by line, where some is left out. */
  readonly reads?: PackedWeights;
  /** Elements of scratch beside sums: panels, and what they are made from. */
  readonly panels?: number;
}

/** The call, sources, packed weights and scratch of a product kernel. */
export function productInstance(
  match: ConvMatch,
  {
    family,
    kernel,
    parameters,
    views,
    absolute = false,
    fields,
    form,
    prologue,
    scatters = false,
    reads,
    panels = 0,
  }: ProductRequest,
): KernelInstance {
  const { s, l, strip, kBlock, roundStrips, rowTiles } = parameters;
  const { node, weight, weightShape, epilogue } = match;
  const { groups, rows, depth, positions: count } = dims(match);
  const tiles = tilesOf(match, parameters.t);
  const layout = { name: node.name, groups, tiles, kBlock, views, absolute };
  const { lookup, packed, viewOffsets } = bindWeights(weight, weightShape, 0, layout);
  const { t, low } = tiles;
  const source = kernelSource({
    family,
    variant: `${form.name}${encodingName(lookup)}${t}x${s === 1 ? '' : `${s}x`}${l}v${low === 0 ? '' : `_r${low}`}`,
    ...(prologue === undefined ? {} : { prologue }),
    epilogue: epilogue.steps,
    computed: true,
    parameters: {
      // Results that are kept in scratch first leave compilers free to load too far ahead.
      lag: scatters ? 0 : staggerLag(epilogue.steps, Math.floor(32 / l) - t * s),
      ...{ t, strips: s, l, low, lookup },
      lone_l: loneLmul(t, strip / l),
      ...form.parameters,
    },
    scratchParameters: 3,
  });
  const weights = [...packed, ...(reads === undefined ? [] : [reads])];
  const constants = ['w', 'offsets', 'slices', 'reads']
    .slice(0, weights.length)
    .map((name, index): CField => ({ name, arg: { kind: 'packed', index } }));
  const numbers = { groups, rows, depth, positions: count, tiles: tiles.tiles, tall: tiles.tall };
  const blocking = { strip, round_strips: roundStrips, k_block: kBlock, row_tiles: rowTiles };
  const args = [
    ...fields(viewOffsets),
    ...constants,
    ...Object.entries({ ...numbers, ...blocking }).map(([name, value]) => size(name, value)),
  ];
  const partial = (kBlock < depth ? roundStrips * rows : t) * strip;
  return {
    kernel: `${kernel}${weight.kind === 'dense' ? '' : '_cnm'}`,
    parameters,
    calls: [{ symbol: source.symbol, argsType: source.argsType, args }],
    sources: [source],
    scratch: [{ symbol: source.symbol, args: [partial, panels + (scatters ? s * t * strip : 0), depth * strip] }],
    weights,
    inPlace: epilogue.laneInputs,
  };
}

/** Its part of the variant: what is looked up, and 16-bit offsets. */
function encodingName({ by, offset }: Lookup): string {
  const what = { '': '', tile: 'cnm', column: 'o', block: 'o' }[by];
  return by === '' ? '' : `${what}${offset === 'uint16_t' ? '16' : ''}_`;
}
