import type { ValueId } from '../../core/graph.js';
import { samePads, type Shape, type Window } from '../../core/shape.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import { reshape } from '../../ops/regroup.js';
import type { NodeContext } from '../node-context.js';

/** The windows of a convolution or pool, one per spatial axis of input 0, and how `auto_pad` is to be read. */
export interface WindowAttributes {
  readonly windows: readonly Window[];
  readonly auto: 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';
}

/** kernel_shape, strides, dilations, pads and auto_pad over any number of spatial axes. */
export function windowAttributes(node: NodeContext, kernelFromWeight?: readonly number[]): WindowAttributes {
  const { attributes, where } = node;
  const spatial = node.shape(0).slice(2);
  const count = spatial.length;
  if (count === 0) fail('AIT1002', `rank ${node.shape(0).length} has no spatial axis.`, { where });
  const list = (name: string, fallback: readonly number[] | undefined, length = count): readonly number[] => {
    const values = attributes.ints(name) ?? fallback ?? [];
    if (values.length !== length) fail('AIT1002', `${name} has ${values.length} values for ${count} axes.`, { where });
    return values;
  };
  const kernel = list('kernel_shape', kernelFromWeight);
  if (kernelFromWeight !== undefined && kernel.some((extent, axis) => extent !== kernelFromWeight[axis])) {
    fail('AIT1002', `kernel_shape ${kernel.join('x')} differs from the weight's ${kernelFromWeight.join('x')}.`, {
      where,
    });
  }
  const ones = spatial.map(() => 1);
  const strides = list('strides', ones);
  const dilations = list('dilations', ones);
  const pads = list('pads', new Array<number>(2 * count).fill(0), 2 * count);
  const auto = autoPad(node);
  if ([...kernel, ...strides, ...dilations].some((value) => value < 1))
    fail('AIT1002', 'kernels, strides and dilations must be positive.', { where });
  const windows = kernel.map((extent, axis): Window => {
    const [stride = 1, dilation = 1] = [strides[axis], dilations[axis]];
    const [padBegin, padEnd] =
      auto === 'VALID'
        ? [0, 0]
        : auto === 'NOTSET'
          ? [pads[axis] ?? 0, pads[count + axis] ?? 0]
          : samePads(spatial[axis] ?? 0, extent, stride, dilation, auto === 'SAME_UPPER');
    return { kernel: extent, stride, dilation, padBegin, padEnd };
  });
  return { windows, auto };
}

function autoPad(node: NodeContext): WindowAttributes['auto'] {
  const auto = node.attributes.string('auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === 'VALID' || auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return auto;
  return fail('AIT1002', `auto_pad ${quoteName(auto)} does not exist.`, { where: node.where });
}

/** The window of an axis that is not there. */
const NONE: Window = { kernel: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0 };

/** Two windows, for height and width: a line is a picture of height 1. Undefined for three axes and more. */
export function pictureWindows(windows: readonly Window[]): readonly [Window, Window] | undefined {
  const [first, second, third] = windows;
  if (first === undefined || third !== undefined) return undefined;
  return second === undefined ? [NONE, first] : [first, second];
}

/** Attributes of conv2d and pool2d. */
export function pairs([vertical, horizontal]: readonly [Window, Window]): {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
} {
  return {
    kernel: [vertical.kernel, horizontal.kernel],
    strides: [vertical.stride, horizontal.stride],
    dilations: [vertical.dilation, horizontal.dilation],
    pads: [vertical.padBegin, horizontal.padBegin, vertical.padEnd, horizontal.padEnd],
  };
}

/** [N, C, W] as [N, C, 1, W]; pictures stay. */
export function asPicture(node: NodeContext, id: ValueId, part: string): ValueId {
  const { shape } = node.type(id);
  return shape.length === 3 ? node.emit(reshape, [id], { shape: lined(shape) }, part) : id;
}

function lined(shape: Shape): Shape {
  return shape.toSpliced(2, 0, 1);
}

/** The node's result of a picture: a line again where the input was one. */
export function fromPicture(node: NodeContext, id: ValueId, rank: number): readonly ValueId[] {
  const { shape } = node.type(id);
  return node.result(reshape, [id], { shape: rank === 3 ? shape.toSpliced(2, 1) : shape });
}
