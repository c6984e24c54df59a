import {
  conv2dWindow,
  decodeWeight,
  inputOf,
  isDepthwise,
  outputOf,
  typeAt,
  valueAt,
  zeros,
  type Conv2dAttrs,
  type Graph,
  type Node,
  type Shape,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { boundsArguments } from '../bounds.js';
import { fusedEpilogue } from '../fusion.js';
import { reordered } from '../shapes.js';
import type { SubgraphWriter, Ref } from '../subgraph.js';
import type { Translate } from '../translation.js';

/** Convolutions with constant weights; depthwise ones have a function of their own. */
export const translateConv2d: Translate<Conv2dAttrs> = (node, graph) => {
  const w = valueAt(graph, inputOf(node, 1));
  const epilogue = fusedEpilogue(node);
  if (w.constant === undefined) return 'the weight is not a constant';
  if (epilogue === undefined) return 'the epilogue is more than a bias and bounds';
  const { constant, type, name } = w;
  const [outputs = 1, channels = 1] = type.shape;
  const depthwise = isDepthwise(typeAt(graph, inputOf(node)), node.attrs);
  const bias = constantBias(graph, epilogue.bias, outputs);
  if (bias === undefined) return 'the bias is not a constant';
  return {
    functions: [depthwise ? 'depthwise_convolution_2d' : 'convolution_2d'],
    define(subgraph) {
      const weight = (): Tensor => decodeWeight(constant, type);
      const [, , kh = 1, kw = 1] = type.shape;
      const filter = depthwise
        ? subgraph.constant(name, [1, kh, kw, outputs], () => reordered(weight(), [1, 2, 3, 0]))
        : subgraph.constant(name, [outputs, kh, kw, channels], () => reordered(weight(), [0, 2, 3, 1]));
      const { groups } = node.attrs;
      const inputs = typeAt(graph, inputOf(node)).shape[1] ?? 1;
      subgraph.call(
        `xnn_define_${depthwise ? 'depthwise_convolution_2d' : 'convolution_2d'}`,
        ...windowArguments(type.shape, node),
        ...(depthwise ? [outputs / inputs, inputs] : [groups, channels, outputs / groups]),
        ...boundsArguments(epilogue.bounds),
        subgraph.value(inputOf(node)),
        filter,
        bias(subgraph),
        subgraph.result(outputOf(node)),
        0,
      );
    },
  };
};

/** Padding in XNNPACK's order (top, right, bottom, left), kernel, strides, dilations. */
function windowArguments(weight: Shape, { attrs }: Node<Conv2dAttrs>): readonly number[] {
  const [vertical, horizontal] = [conv2dWindow(weight, attrs, 0), conv2dWindow(weight, attrs, 1)];
  const [top, left, bottom, right] = attrs.pads;
  const pair = (of: 'kernel' | 'stride' | 'dilation'): readonly number[] => [vertical[of], horizontal[of]];
  return [top, right, bottom, left, ...pair('kernel'), ...pair('stride'), ...pair('dilation')];
}

/** The bias as a static tensor, zeros when there is none; undefined when it is computed. */
export function constantBias(
  graph: Graph,
  id: ValueId | undefined,
  outputs: number,
): ((subgraph: SubgraphWriter) => Ref) | undefined {
  if (id === undefined) return (subgraph) => subgraph.constant('no bias', [outputs], () => zeros('f32', [outputs]));
  const { constant, name, type } = valueAt(graph, id);
  if (constant === undefined) return undefined;
  return (subgraph) => subgraph.constant(name, [outputs], () => decodeWeight(constant, type));
}
