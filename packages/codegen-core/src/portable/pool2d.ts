import {
  inputOf,
  isOp,
  isPlain,
  layoutStrides,
  outputOf,
  pool2d,
  typeAt,
  type Node,
  type Pool2dAttrs,
  type TensorType,
} from '@ait-rvv/ir';
import { sizes, tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { constantName, portableInstance, portableSource, scalarCycles, symbol, wholes } from './source.js';

interface PoolMatch {
  readonly node: Node<Pool2dAttrs>;
  readonly x: TensorType;
  readonly y: TensorType;
}

/** Max and average pooling in any plain layout. */
export const portablePool2d = defineKernel<PoolMatch, Record<string, never>>({
  id: 'portable_pool2d',
  match(node, { graph }) {
    if (!isOp(node, pool2d)) return { reason: 'takes pool2d only' };
    const [x, y] = [typeAt(graph, inputOf(node)), typeAt(graph, outputOf(node))];
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported` };
    return isPlain(x.layout) ? { node, x, y } : { reason: 'blocked layouts are not supported' };
  },
  candidates: () => [{}],
  cost: ({ node, y }) => {
    const [kh, kw] = node.attrs.kernel;
    return scalarCycles(y.shape.reduce((product, extent) => product * extent, kh * kw));
  },
  emit({ node, x, y }) {
    const { mode, kernel, strides, dilations, pads, countIncludePad } = node.attrs;
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    const [, , outHeight = 1, outWidth = 1] = y.shape;
    return portableInstance(portableSource('pool2d'), [
      tensor('x', inputOf(node)),
      tensor('y', outputOf(node)),
      symbol('mode', `AIT_POOL_${constantName(mode)}`),
      ...wholes({
        batch,
        channels,
        height,
        width,
        out_height: outHeight,
        out_width: outWidth,
        kernel_h: kernel[0],
        kernel_w: kernel[1],
        stride_h: strides[0],
        stride_w: strides[1],
        dilation_h: dilations[0],
        dilation_w: dilations[1],
        pad_top: pads[0],
        pad_left: pads[1],
        pad_bottom: pads[2],
        pad_right: pads[3],
        include_pad: Number(countIncludePad),
      }),
      sizes('x_stride', layoutStrides(x.shape, x.layout)),
      sizes('y_stride', layoutStrides(y.shape, y.layout)),
    ]);
  },
});
