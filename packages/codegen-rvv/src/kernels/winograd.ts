import { blockParameters, size } from '../fields.js';
import { defineKernel, type KernelInstance, type Target } from '@ait-rvv/codegen-core';
import type { TensorData } from '@ait-rvv/ir';
import { staggerLag } from '../limits.js';
import { cutRows } from '../row-tiles.js';
import { kernelSource } from '../sources.js';
import { TILES } from '../tiles.js';
import { winogradCycles } from '../winograd-cost.js';
import { packWinograd, placesOf, type Minimal } from '../winograd-weights.js';
import { loneLmul } from './product.js';
import { matchConv, paddingFields, pictureFields, type ConvMatch } from './conv.js';

interface WinogradMatch extends ConvMatch {
  /** [CO][CI][3][3] */
  readonly data: TensorData;
}

/**
 * F(down x across, 3x3) with row tiles of at most `t` channels and lanes of LMUL `l`; `strip` lanes at a time, whose
 * transforms lie in scratch for `roundStrips` of them.
 */
interface Winograd extends Readonly<Record<string, number>> {
  readonly down: Minimal;
  readonly across: Minimal;
  readonly t: number;
  readonly l: number;
  readonly strip: number;
  readonly roundStrips: number;
}

/** Extents of the products: so many tiles of output for every channel. */
function dims({ x, y }: ConvMatch, { down, across }: Pick<Winograd, 'down' | 'across'>) {
  const [batch = 1, rows = 1, height = 1, width = 1] = y.shape;
  const [high, wide] = [Math.ceil(height / down), Math.ceil(width / across)];
  return { batch, rows, channels: x.shape[1] ?? 1, high, wide, count: batch * high * wide };
}

const SHAPES = [
  { down: 2, across: 2 },
  { down: 2, across: 4 },
  { down: 4, across: 2 },
  { down: 4, across: 4 },
] as const;

/** Channels whose lines are in scratch at a time: LINES of the template. */
const LINES = 32;

/** Elements between planes: SKEW of the template. */
const SKEW = 25 * 16;

/** Bytes of a round's planes. */
const ROUND_BYTES = 640 * 1024;

function candidate(
  match: ConvMatch,
  shape: (typeof SHAPES)[number],
  { t, l }: { readonly t: number; readonly l: number },
  { tuneVlen }: Target,
): Winograd {
  const { rows, channels, count } = dims(match, shape);
  const strip = (l * tuneVlen) / 32;
  const strips = Math.ceil(count / strip);
  const stripBytes = (placesOf(shape) + 1) * Math.max(rows, channels) * strip * 4;
  const most = Math.max(1, Math.floor(ROUND_BYTES / stripBytes));
  return { ...shape, t, l, strip, roundStrips: Math.ceil(strips / Math.ceil(strips / most)) };
}

/** The same with longer and shorter rounds, which trade weights that are read again for planes that stay in cache. */
function nearRounds(match: ConvMatch, parameters: Winograd): readonly Winograd[] {
  const { roundStrips, strip } = parameters;
  const strips = Math.ceil(dims(match, parameters).count / strip);
  const near = [Math.ceil(roundStrips / 2), Math.min(strips, 2 * roundStrips)];
  return near.filter((one) => one !== roundStrips).map((one) => ({ ...parameters, roundStrips: one }));
}

/**
 * Winograd's minimal filtering for dense 3x3 convolutions of stride 1: of 9 multiply-adds an output, F(4x4) leaves 2.25
 * and F(2x2) 4, beside transforms of inputs and outputs.
 *
 * Its error, for c channels of inputs up to X and weights up to W, is at most κ·(c + 16)·2⁻²⁴·9c·X·W with κ = 7.1 for F(2x2),
 * 43 for F(2x4) and F(4x2) and 256 for F(4x4); a sum of products is off by at most 9c·2⁻²⁴·9c·X·W (docs/adr/0014). Hence it
 * takes part only where a backend was made with it.
 */
export const winogradKernel = defineKernel<WinogradMatch, Winograd>({
  id: 'winograd',
  match(node, context) {
    const match = matchConv(node, context);
    if ('reason' in match) return match;
    const { attrs } = match.node;
    const [, , kh = 1, kw = 1] = match.weightShape;
    if (kh !== 3 || kw !== 3) return { reason: `the kernel is ${kh}x${kw}, not 3x3` };
    if (attrs.strides.some((stride) => stride !== 1))
      return { reason: `stride ${attrs.strides.join('x')} skips outputs` };
    if (attrs.dilations.some((dilation) => dilation !== 1)) return { reason: 'the kernel is dilated' };
    if (attrs.groups !== 1) return { reason: 'the convolution has groups' };
    if (match.weight.kind !== 'dense') return { reason: 'transformed weights would not be pruned any more' };
    return { ...match, data: match.weight.tensor.data };
  },
  candidates: (match, target) =>
    SHAPES.flatMap((shape) => TILES.winograd.map((tile) => candidate(match, shape, tile, target))),
  cost: (match, parameters, target) => winogradCycles({ ...dims(match, parameters), ...parameters }, target.tuneVlen),
  variations: nearRounds,
  emit: winogradInstance,
});

function winogradInstance(match: WinogradMatch, parameters: Winograd): KernelInstance {
  const { node, x, y, epilogue, weightShape, data } = match;
  const { down, across, l, strip, roundStrips } = parameters;
  const { batch, rows, channels, wide } = dims(match, parameters);
  const tiles = cutRows(rows, parameters.t);
  const { blocks, name: form } = blockParameters(x, y);
  const source = kernelSource({
    family: 'winograd',
    variant: `${down}x${across}_${form}${tiles.t}x${l}v${tiles.low === 0 ? '' : `_r${tiles.low}`}`,
    epilogue: epilogue.steps,
    computed: true,
    parameters: {
      lag: staggerLag(epilogue.steps, 32 / 2 - 4),
      tile_h: down,
      tile_w: across,
      t: tiles.t,
      low: tiles.low,
      l,
      lone_l: loneLmul(tiles.t, strip / l),
      lines: LINES,
      skew: SKEW,
      ...blocks,
    },
    scratchParameters: 3,
  });
  const planes = (placesOf(parameters) + 1) * (roundStrips * strip * Math.max(rows, channels) + SKEW);
  const lines = LINES * (Math.min(wide, roundStrips * strip) * across + 2);
  const bytes = rows * channels * placesOf(parameters) * 4;
  return {
    kernel: 'winograd',
    parameters,
    calls: [
      {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          ...pictureFields(match),
          { name: 'w', arg: { kind: 'packed', index: 0 } },
          ...Object.entries({ batch, channels, rows, tiles: tiles.tiles, tall: tiles.tall }).map(([name, value]) =>
            size(name, value),
          ),
          size('strip', strip),
          size('round_strips', roundStrips),
          ...paddingFields(match.weightShape, match.node.attrs),
          { name: 'steps', arg: match.epilogue.data },
        ],
      },
    ],
    sources: [source],
    scratch: [{ symbol: source.symbol, args: [planes, lines, channels * placesOf(parameters)] }],
    weights: [{ name: node.name, bytes, pack: () => packWinograd(data, weightShape, tiles, parameters) }],
    inPlace: epilogue.laneInputs,
  };
}
