import {
  elementwise,
  isOp,
  stepOperand,
  typeAt,
  type ElementwiseAttrs,
  type Node,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { chainLoops, defineKernel, walksLikeResult, type CArg, type KernelInstance } from '@ait-rvv/codegen-core';
import { stepConstants, type TemplateStep } from '../epilogue.js';
import { sizes, tensor } from '../fields.js';
import { temporaryGroups } from '../limits.js';
import { padLoops, type Loops } from '../loops.js';
import { kernelSource } from '../sources.js';

interface ChainMatch {
  readonly node: Node<ElementwiseAttrs>;
  readonly y: TensorType;
  /** Four loops; tensors: y, x, then the operands in the order of the steps that read one. */
  readonly loops: Loops;
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
    if (y.dtype !== 'f32') return { reason: `element type ${y.dtype} is not supported at run time` };
    const walk = chainLoops(graph, node);
    const loops = walk === undefined ? undefined : padLoops(walk, 4);
    if (loops === undefined) return { reason: 'the operands are broadcast along more axes than the kernel walks' };
    const inner = loops.strides.map((own) => own[3]);
    if (inner.some((stride) => stride !== 0 && stride !== 1))
      return { reason: 'an operand is not contiguous along the lanes' };
    return { node, y, loops };
  },
  candidates: ({ node }) => [{ l: temporaryGroups(node.attrs.epilogue.map((step) => step.kind)) > 1 ? 4 : 8 }],
  cost: ({ loops, node }, { l }, target) => {
    const [, , , inner = 1] = loops.extents;
    const rows = loops.extents.slice(0, 3).reduce((product, extent) => product * extent, 1);
    const strips = Math.ceil(inner / ((target.tuneVlen / 32) * l));
    return rows * strips * l * (5 + node.attrs.epilogue.length);
  },
  emit: emitChain,
});

function emitChain({ node, loops }: ChainMatch, { l }: ChainParameters): KernelInstance {
  const [, x = [], ...operands] = loops.strides;
  const lane = (own: readonly number[]): 'lane' | 'row' => (own[3] === 1 ? 'lane' : 'row');
  let next = 0;
  const steps: TemplateStep[] = [];
  const data: CArg[] = [];
  const overwritable: number[] = [];
  const single = loops.extents[3] === 1;
  for (const step of node.attrs.epilogue) {
    const index = stepOperand(step);
    if (index === undefined) {
      steps.push({ kind: step.kind });
      data.push({ kind: 'struct', fields: stepConstants(step) });
      continue;
    }
    const own = operands[next++] ?? [];
    steps.push({ kind: step.kind, operand: lane(own) });
    data.push({ kind: 'struct', fields: [tensor('p', node.inputs[index]), sizes('stride', own.slice(0, 3))] });
    if (walksLikeResult(own, loops)) overwritable.push(index);
  }
  if (walksLikeResult(x, loops)) overwritable.unshift(0);
  const source = kernelSource({
    family: 'elementwise',
    variant: `${l}v${lane(x) === 'row' ? '_row' : ''}`,
    epilogue: steps,
    parameters: { l, x_operand: lane(x) },
  });
  const output: ValueId | undefined = node.outputs[0];
  return {
    kernel: 'elementwise',
    parameters: { l },
    calls: [
      {
        symbol: source.symbol,
        argsType: source.argsType,
        args: [
          tensor('x', node.inputs[0]),
          tensor('y', output),
          sizes('dims', loops.extents),
          sizes('x_stride', x.slice(0, 3)),
          { name: 'steps', arg: { kind: 'array', type: 'struct ait_f32_chain_step', items: data } },
        ],
      },
    ],
    sources: [source],
    scratch: [],
    weights: [],
    inPlace: single ? [] : overwritable,
  };
}
