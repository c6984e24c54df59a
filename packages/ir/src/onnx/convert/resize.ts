import { isFloat } from '../../core/dtype.js';
import type { ValueId } from '../../core/graph.js';
import { fromNumbers, tensorI64, toNumbers } from '../../core/tensor.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { where } from '../../ops/compare.js';
import { resample } from '../../ops/resample.js';
import { reshape } from '../../ops/regroup.js';
import { gather } from '../../ops/select.js';
import type { Convert, NodeContext } from '../node-context.js';
import { axisOf } from './axes.js';
import { axisTaps, COORDINATES, NEAREST, type AxisResize, type Neighbours } from './taps.js';

/** What is the same for all axes. */
type Manner = Omit<AxisResize, 'from' | 'to' | 'scale' | 'region'>;

/** Resizes axis by axis; scales, sizes and the region of interest must be known. */
export const convertResize: Convert = (node) => {
  const { attributes } = node;
  const shape = node.shape(0);
  const manner = resizeManner(node);
  const axes = attributes.ints('axes')?.map((axis) => axisOf(node, axis, shape.length)) ?? shape.map((_, axis) => axis);
  const outside = attributes.float('extrapolation_value', 0);
  const [roiInput, scalesInput, sizesInput] = node.opset < 11 ? [-1, 1, -1] : [1, 2, 3];
  const roi = manner.coordinates === 'tf_crop_and_resize' ? known(node, roiInput) : undefined;
  if (roi?.some((value) => !Number.isFinite(value)))
    fail('AIT1002', `input ${roiInput} must hold finite numbers.`, { where: node.where });
  const extents = resizeExtents(node, axes, known(node, scalesInput), known(node, sizesInput));
  const parts = axes.map((axis, index): readonly [number, AxisResize] => {
    const { to, scale } = extents[index] ?? { to: 1, scale: 1 };
    const region = [roi?.[index] ?? 0, roi?.[axes.length + index] ?? 1] as const;
    return [axis, { ...manner, from: shape[axis] ?? 1, to, scale, region }];
  });
  return resized(node, parts, outside);
};

function resizeManner(node: NodeContext): Manner {
  const { attributes, opset } = node;
  const mode = attributes.string('mode', 'nearest');
  const coordinates = attributes.string('coordinate_transformation_mode', opset < 11 ? 'asymmetric' : 'half_pixel');
  // Before opset 11 the nearest element is that on the left.
  const nearest = attributes.string('nearest_mode', opset < 11 ? 'floor' : 'round_prefer_floor');
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic')
    fail('AIT1002', `mode ${quoteName(mode)} does not exist.`, { where: node.where });
  for (const [list, name] of [
    [COORDINATES, coordinates],
    [NEAREST, nearest],
  ] as const) {
    if (!list.some((one) => one === name))
      fail('AIT1002', `mode ${quoteName(name)} does not exist.`, { where: node.where });
  }
  return {
    mode,
    coordinates,
    nearest,
    cubic: attributes.float('cubic_coeff_a', -0.75),
    excludeOutside: attributes.int('exclude_outside', 0) !== 0,
    antialias: attributes.int('antialias', 0) !== 0 && mode !== 'nearest',
  };
}

/** The numbers of an input; undefined when it is left out or empty. */
function known(node: NodeContext, input: number): readonly number[] | undefined {
  const tensor = input < 0 ? undefined : node.constant(input);
  return tensor === undefined || tensor.data.length === 0 ? undefined : toNumbers(tensor);
}

interface Extent {
  readonly to: number;
  readonly scale: number;
}

function resizeExtents(
  node: NodeContext,
  axes: readonly number[],
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): readonly Extent[] {
  const from = axes.map((axis) => node.shape(0)[axis] ?? 1);
  const policy = node.attributes.string('keep_aspect_ratio_policy', 'stretch');
  const given = sizes ?? scales;
  if (given?.length !== axes.length || given.some((value) => !(value > 0) || !Number.isFinite(value)))
    fail('AIT1002', `needs a positive scale or size for each of ${axes.length} axes.`, { where: node.where });
  if (sizes === undefined)
    return from.map((extent, i) => ({ to: Math.floor(extent * (given[i] ?? 1)), scale: given[i] ?? 1 }));
  const ratios = from.map((extent, i) => (given[i] ?? 1) / extent);
  if (policy === 'stretch') return from.map((_, i) => ({ to: given[i] ?? 1, scale: ratios[i] ?? 1 }));
  if (policy !== 'not_larger' && policy !== 'not_smaller')
    fail('AIT1002', `policy ${quoteName(policy)} does not exist.`, { where: node.where });
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return from.map((extent) => ({ to: Math.floor(extent * scale + 0.5), scale }));
}

function resized(
  node: NodeContext,
  parts: readonly (readonly [number, AxisResize])[],
  outside: number,
): readonly ValueId[] {
  let x = node.input(0);
  const { dtype } = node.type(x);
  for (const [axis, part] of parts) {
    node.allocate('f32', [part.to]);
    if (part.from === 0) fail('AIT1002', 'there is nothing to resize.', { where: node.where });
    const taps = axisTaps(part);
    const missing = taps.flatMap(({ indices }, place) => (indices.length === 0 ? [place] : []));
    x = resizedAxis(node, x, axis, taps);
    if (missing.length === 0) continue;
    const { shape } = node.type(x);
    const inside = fromNumbers(
      'bool',
      shape.map((extent, own) => (own === axis ? extent : 1)),
      taps.map(({ indices }) => indices.length),
    );
    x = node.emit(
      where,
      [node.value(inside, `inside${axis}`), x, node.scalar(dtype, outside, `outside${axis}`)],
      {},
      `axis${axis}.inside`,
    );
  }
  return node.result(reshape, [x], { shape: node.type(x).shape });
}

function resizedAxis(node: NodeContext, x: ValueId, axis: number, taps: readonly Neighbours[]): ValueId {
  const single = taps.map(({ indices, weights }) => (indices.length === 0 ? 0 : indices[weights.indexOf(1)]));
  if (single.every((index) => index !== undefined)) {
    const stays = single.length === node.type(x).shape[axis] && single.every((index, place) => index === place);
    if (stays) return x;
    const indices = node.value(tensorI64([single.length], single), `axis${axis}.indices`);
    return node.emit(gather, [x, indices], { axis }, `axis${axis}`);
  }
  const { dtype } = node.type(x);
  if (!isFloat(dtype)) node.unsupported(`elements of ${dtype}`);
  const count = Math.max(...taps.map(({ indices }) => indices.length));
  const table = (part: 'indices' | 'weights'): number[] =>
    Array.from({ length: count }, (_, tap) => taps.map((one) => one[part][tap] ?? 0)).flat();
  const indices = node.value(tensorI64([count, taps.length], table('indices')), `axis${axis}.indices`);
  const weights = node.value(fromNumbers(dtype, [count, taps.length], table('weights')), `axis${axis}.weights`);
  return node.emit(resample, [x, indices, weights], { axis }, `axis${axis}`);
}

/** The forerunner of Resize: scales in an attribute before opset 9. */
export const convertUpsample: Convert = (node) => {
  const shape = node.shape(0);
  const mode = node.attributes.string('mode', 'nearest');
  const scales = node.opset < 9 ? node.attributes.floats('scales') : known(node, 1);
  if (mode !== 'nearest' && mode !== 'linear')
    fail('AIT1002', `mode ${quoteName(mode)} does not exist.`, { where: node.where });
  if (scales?.length !== shape.length || scales.some((scale) => !(scale >= 1) || !Number.isFinite(scale)))
    fail('AIT1002', `needs a scale of 1 or more for each of ${shape.length} axes.`, { where: node.where });
  const manner = {
    mode,
    coordinates: 'asymmetric',
    nearest: 'floor',
    cubic: 0,
    excludeOutside: false,
    antialias: false,
  } as const;
  const parts = scales.map((scale, axis): readonly [number, AxisResize] => {
    const from = shape[axis] ?? 1;
    return [axis, { ...manner, from, to: Math.floor(from * scale), scale, region: [0, 1] }];
  });
  return resized(node, parts, 0);
};
