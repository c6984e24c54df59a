import {
  conv2d,
  inputOf,
  isOp,
  isPointwise,
  normalize,
  outputOf,
  poolFirst,
  stepOperand,
  typeAt,
  valueAt,
  type CanFuse,
  type CanPrepare,
  type LayoutPolicy,
} from '@ait-rvv/ir';
import { RV64GCV, type Backend, type Target } from '@ait-rvv/codegen-core';
import { channelWalk, placeOperand, rowWalk } from './epilogue.js';
import { RVV_KERNELS } from './kernels/index.js';
import { winogradKernel } from './kernels/winograd.js';
import { rvvLayouts } from './layouts.js';

/** Whether a kernel can apply the step while the result is in registers; layouts are not assigned yet. */
function canFuse(layouts: LayoutPolicy): CanFuse {
  return (graph, node, step) => {
    const index = stepOperand(step);
    if (index === undefined) return true;
    // The normalisation walks its operands wherever they lie.
    if (isOp(node, normalize)) return true;
    const result = typeAt(graph, outputOf(node));
    const operand = typeAt(graph, inputOf(node, index));
    const constant = valueAt(graph, inputOf(node, index)).constant !== undefined;
    if (!isOp(node, conv2d)) return placeOperand(step, operand, result, rowWalk(result.shape.length)) !== undefined;
    // Layout assignment will store computed pictures as the policy says; constants stay as they are.
    const image = { ...result, layout: layouts.image(result) };
    const stored = constant || operand.shape.length !== 4 ? operand : { ...operand, layout: layouts.image(operand) };
    return placeOperand(step, stored, image, channelWalk(4)) !== undefined;
  };
}

/** Whether the kernel of prologues takes the steps: each without operand, or with a constant for every channel. */
function canPrepare(layouts: LayoutPolicy): CanPrepare {
  return (graph, conv, chain) => {
    const weight = valueAt(graph, inputOf(conv, 1));
    const x = typeAt(graph, inputOf(chain));
    if (x.dtype !== 'f32' || x.shape.length !== 4 || weight.constant === undefined) return false;
    if (!isPointwise(conv.attrs, weight.type.shape)) return false;
    const image = { ...x, layout: layouts.image(x) };
    return chain.attrs.epilogue.every((step) => {
      const index = stepOperand(step);
      if (index === undefined) return true;
      const { type, constant } = valueAt(graph, inputOf(chain, index));
      return constant !== undefined && placeOperand(step, type, image, channelWalk(4))?.operand === 'row';
    });
  };
}

export interface RvvOptions {
  /** Whether 3x3 convolutions may be computed by Winograd's algorithm, which rounds more (docs/adr/0014). */
  readonly winograd?: boolean;
}

/** The custom RVV target: channel-major kernels that run on any VLEN. */
export function rvvBackend(target: Target = RV64GCV, { winograd = false }: RvvOptions = {}): Backend {
  const layouts = rvvLayouts(target);
  const kernels = winograd ? [winogradKernel, ...RVV_KERNELS] : RVV_KERNELS;
  const fusion = { canFuse: canFuse(layouts), canPrepare: canPrepare(layouts) };
  return { id: 'rvv', target, layouts, ...fusion, rewritings: [poolFirst], kernels };
}
