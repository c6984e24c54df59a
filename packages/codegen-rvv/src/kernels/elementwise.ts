import {
  elementCount,
  elementwise,
  isDefinedOn,
  isFloat,
  isOp,
  stepOperand,
  typeAt,
  type DType,
  type ElementwiseAttrs,
  type Node,
} from '@ait-rvv/ir';
import { chainLoops, defineKernel, type CArg, type KernelInstance } from '@ait-rvv/codegen-core';
import { stepConstants, type TemplateStep } from '../epilogue.js';
import { size, sizes, tensor } from '../fields.js';
import { temporaryGroups } from '../limits.js';
import { kernelSource } from '../sources.js';
import { TEMPLATE_DTYPES } from '../template-dtypes.js';
import { asWalk, sameWalk, walkDims, walkStride, walkStrips, type Walk } from '../walk.js';

interface ChainMatch {
  readonly node: Node<ElementwiseAttrs>;
  readonly dtype: DType;
  /** Tensors: y, x, then the operands in the order of the steps that read one. */
  readonly walk: Walk;
  /** The result has one element: an operand of its size need not lie where the result may. */
  readonly single: boolean;
}

interface ChainParameters extends Readonly<Record<string, number>> {
  readonly l: number;
}

/** A chain of elementwise steps, each element read and written once. */
export const elementwiseKernel = defineKernel<ChainMatch, ChainParameters>({
  id: 'elementwise',
  match(node, { graph }) {
    if (!isOp(node, elementwise)) return { reason: 'takes elementwise only' };
    const y = typeAt(graph, node.outputs[0] ?? -1);
    const { epilogue } = node.attrs;
    // Of real numbers, only f32 has steps.
    if ((isFloat(y.dtype) && y.dtype !== 'f32') || !epilogue.every((step) => isDefinedOn(step, y.dtype))) {
      return { reason: `element type ${y.dtype} is not supported at run time` };
    }
    const loops = chainLoops(graph, node);
    const walk = loops === undefined ? undefined : asWalk(loops);
    if (walk === undefined) return { reason: 'the operands are broadcast along more axes than the kernel walks' };
    return { node, dtype: y.dtype, walk, single: elementCount(y.shape) === 1 };
  },
  candidates: ({ node }) => [{ l: temporaryGroups(node.attrs.epilogue.map((step) => step.kind)) > 1 ? 4 : 8 }],
  cost: ({ walk, node, dtype }, { l }, target) =>
    walkStrips(walk, (target.tuneVlen / TEMPLATE_DTYPES[dtype].sew) * l) * l * (5 + node.attrs.epilogue.length),
  emit: emitChain,
});

function emitChain({ node, dtype, walk, single }: ChainMatch, { l }: ChainParameters): KernelInstance {
  const [, x = 'lane', ...forms] = walk.forms;
  let operands = 0;
  const steps: TemplateStep[] = [];
  const data: CArg[] = [];
  const overwritable = sameWalk(walk, 1) ? [0] : [];
  for (const step of node.attrs.epilogue) {
    const index = stepOperand(step);
    if (index === undefined) {
      steps.push({ kind: step.kind });
      data.push({ kind: 'struct', fields: isFloat(dtype) ? stepConstants(step) : [size('a', 0)] });
      continue;
    }
    const place = 2 + operands;
    steps.push({ kind: step.kind, operand: forms[operands++] ?? 'lane' });
    const strides = sizes('stride', walk.loops.strides[place] ?? []);
    data.push({ kind: 'struct', fields: [tensor('p', node.inputs[index]), strides] });
    if (sameWalk(walk, place)) overwritable.push(index);
  }
  const source = kernelSource({
    dtype,
    family: 'elementwise',
    variant: `${l}v${x === 'lane' ? '' : `_${x}`}`,
    epilogue: steps,
    parameters: { l, x_operand: x },
  });
  return {
    kernel: 'elementwise',
    parameters: { l },
    calls: [
      {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          tensor('x', node.inputs[0]),
          tensor('y', node.outputs[0]),
          walkDims(walk),
          walkStride('x_stride', walk, 1),
          { name: 'steps', arg: { kind: 'array', type: `struct ait_${dtype}_chain_step`, items: data } },
        ],
      },
    ],
    sources: [source],
    scratch: [],
    weights: [],
    inPlace: single ? [] : overwritable,
  };
}
