import { samePads } from '../../core/shape.js';
import { fail, quoteName } from '../../diagnostics/diagnostic.js';
import type { NodeContext } from '../node-context.js';

export interface WindowAttributes {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** kernel_shape, strides, dilations, pads and auto_pad of a convolution or pool over pictures. */
export function windowAttributes(node: NodeContext, kernelFromWeight?: readonly number[]): WindowAttributes {
  const { attributes, where } = node;
  const [, , height = 0, width = 0] = node.shape(0);
  const kernel = pair(attributes.ints('kernel_shape') ?? kernelFromWeight ?? [], 'kernel_shape', where);
  if (kernelFromWeight !== undefined && kernel.some((extent, axis) => extent !== kernelFromWeight[axis])) {
    fail('AIT1002', `kernel_shape ${kernel.join('x')} differs from the weight's ${kernelFromWeight.join('x')}.`, {
      where,
    });
  }
  const strides = pair(attributes.ints('strides') ?? [1, 1], 'strides', where);
  const dilations = pair(attributes.ints('dilations') ?? [1, 1], 'dilations', where);
  const given = attributes.ints('pads');
  const auto = attributes.string('auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    if (strides.some((stride) => stride < 1)) fail('AIT1002', 'strides must be positive.', { where });
    const [top, bottom] = samePads(height, kernel[0], strides[0], dilations[0], auto === 'SAME_UPPER');
    const [left, right] = samePads(width, kernel[1], strides[1], dilations[1], auto === 'SAME_UPPER');
    return { kernel, strides, dilations, pads: [top, left, bottom, right] };
  }
  if (auto !== 'NOTSET' && auto !== 'VALID') fail('AIT1002', `auto_pad ${quoteName(auto)} does not exist.`, { where });
  const [top = 0, left = 0, bottom = 0, right = 0] = auto === 'VALID' ? [] : (given ?? []);
  return { kernel, strides, dilations, pads: [top, left, bottom, right] };
}

function pair(values: readonly number[], name: string, where: string): readonly [number, number] {
  const [a, b] = values;
  if (values.length !== 2 || a === undefined || b === undefined)
    fail('AIT1002', `${name} has ${values.length} values for 2 axes.`, { where });
  return [a, b];
}

/** Pictures only: a rank other than 4 is another operator for us. */
export function requirePicture(node: NodeContext): void {
  const rank = node.shape(0).length;
  if (rank !== 4) node.unsupported(`${rank - 2} spatial axes instead of 2`);
}
