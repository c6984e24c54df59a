import {
  conv2d,
  conv2dWindow,
  inputOf,
  isOp,
  isPlain,
  layoutStrides,
  outputOf,
  valueAt,
  type Conv2dAttrs,
  type Node,
  type Value,
} from '@ait-rvv/ir';
import { sizes, tensor } from '../fields.js';
import { defineKernel, type CField } from '../kernel.js';
import { denseWeight } from './dense-weight.js';
import { chainSource, stepsSource, type PortableChain } from './elementwise.js';
import { bindPortableEpilogue, epilogueCalls } from './epilogue.js';
import { portableInstance, portableSource, scalarCycles, wholes } from './source.js';

interface ConvMatch {
  readonly node: Node<Conv2dAttrs>;
  readonly x: Value;
  readonly w: Value;
  readonly y: Value;
  readonly epilogue: PortableChain | undefined;
}

/** Any 2-D convolution, computed weights included. */
export const portableConv2d = defineKernel<ConvMatch, Record<string, never>>({
  id: 'portable_conv2d',
  match(node, { graph }) {
    if (!isOp(node, conv2d)) return { reason: 'takes conv2d only' };
    const [x, w, y] = [inputOf(node), inputOf(node, 1), outputOf(node)].map((id) => valueAt(graph, id));
    if (x === undefined || w === undefined || y === undefined) return { reason: 'operands are missing' };
    if (x.type.dtype !== 'f32') return { reason: `element type ${x.type.dtype} is not supported` };
    if (!isPlain(x.type.layout)) return { reason: 'blocked layouts are not supported' };
    const epilogue = bindPortableEpilogue(graph, node, 1);
    return typeof epilogue === 'string' ? { reason: epilogue } : { node, x, w, y, epilogue };
  },
  candidates: () => [{}],
  cost: ({ w, y }) => {
    const [, channels = 1, kh = 1, kw = 1] = w.type.shape;
    return scalarCycles(y.type.shape.reduce((product, extent) => product * extent, channels * kh * kw));
  },
  emit(match) {
    const { node, w, epilogue } = match;
    const source = portableSource('conv2d');
    const { field, weights } = denseWeight('w', w);
    const [call] = portableInstance(source, convFields(match, field)).calls;
    return portableInstance(source, [], {
      calls: [...(call === undefined ? [] : [call]), ...epilogueCalls(node, epilogue)],
      sources: epilogue === undefined ? [source] : [source, chainSource(), stepsSource()],
      weights,
    });
  },
});

function convFields({ node, x, w, y }: ConvMatch, weight: CField): CField[] {
  const [batch = 1, , height = 1, width = 1] = x.type.shape;
  const [outputs = 1, channels = 1] = w.type.shape;
  const [, , outHeight = 1, outWidth = 1] = y.type.shape;
  const { groups } = node.attrs;
  const [vertical, horizontal] = [conv2dWindow(w.type.shape, node.attrs, 0), conv2dWindow(w.type.shape, node.attrs, 1)];
  return [
    tensor('x', x.id),
    weight,
    tensor('y', y.id),
    ...wholes({
      batch,
      groups,
      rows: outputs / groups,
      channels,
      height,
      width,
      out_height: outHeight,
      out_width: outWidth,
      kernel_h: vertical.kernel,
      kernel_w: horizontal.kernel,
      stride_h: vertical.stride,
      stride_w: horizontal.stride,
      dilation_h: vertical.dilation,
      dilation_w: horizontal.dilation,
      pad_top: vertical.padBegin,
      pad_left: horizontal.padBegin,
    }),
    sizes('x_stride', layoutStrides(x.type.shape, x.type.layout)),
    sizes('w_stride', layoutStrides(w.type.shape, w.type.layout)),
    sizes('y_stride', layoutStrides(y.type.shape, y.type.layout)),
  ];
}
