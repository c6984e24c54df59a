import {
  elementwise,
  inputOf,
  isOp,
  outputOf,
  stepOperand,
  type ElementwiseAttrs,
  type EpilogueStep,
  type Graph,
  type Node,
  typeAt,
  type ValueId,
} from '@ait-rvv/ir';
import { chainLoops, walksLikeResult } from '../chain-loops.js';
import { size, sizes, tensor } from '../fields.js';
import { defineKernel, type CArg, type KernelCall, type KernelSource } from '../kernel.js';
import { padLoops, type Loops } from '../loops.js';
import { stepConstants } from '../step-operands.js';
import { constantName, PORTABLE_AXES, portableInstance, portableSource, scalarCycles } from './source.js';

/** A chain of steps bound to the loops of its result; tensors of the loops: y, x, then the operands. */
export interface PortableChain {
  readonly steps: readonly EpilogueStep[];
  readonly loops: Loops;
  /** Node inputs the steps read, in their order. */
  readonly operands: readonly ValueId[];
}

/** Binds steps on the value of `node`'s result; undefined when the operands are broadcast over too many axes. */
export function bindChain(graph: Graph, node: Node<ElementwiseAttrs>): PortableChain | undefined {
  const walk = chainLoops(graph, node);
  const loops = walk === undefined ? undefined : padLoops(walk, PORTABLE_AXES);
  if (loops === undefined) return undefined;
  const steps = node.attrs.epilogue;
  return { steps, loops, operands: steps.flatMap((step) => stepOperand(step) ?? []).map((i) => inputOf(node, i)) };
}

export function chainSource(): KernelSource {
  return portableSource('elementwise');
}

/** The source of the steps themselves, which the elementwise kernel calls. */
export function stepsSource(): KernelSource {
  return portableSource('steps');
}

/** The call that computes `to` from `from` by the chain. */
export function chainCall({ steps, loops, operands }: PortableChain, from: ValueId, to: ValueId): KernelCall {
  const [, x = [], ...strides] = loops.strides;
  let next = 0;
  const items = steps.map((step): CArg => {
    const kind = { name: 'kind', arg: { kind: 'symbol', name: `AIT_STEP_${constantName(step.kind)}` } } as const;
    if (stepOperand(step) === undefined) return { kind: 'struct', fields: [kind, ...stepConstants(step)] };
    const at = next++;
    return { kind: 'struct', fields: [kind, tensor('p', operands[at]), sizes('stride', strides[at] ?? [])] };
  });
  const { symbol, argsType } = chainSource();
  return {
    symbol,
    argsType,
    args: [
      tensor('x', from),
      tensor('y', to),
      sizes('dims', loops.extents),
      sizes('x_stride', x),
      size('count', steps.length),
      { name: 'steps', arg: { kind: 'array', type: 'struct ait_portable_step', items } },
    ],
  };
}

/** Chains of elementwise steps with any broadcasting. */
export const portableElementwise = defineKernel<PortableChain & { node: Node }, Record<string, never>>({
  id: 'portable_elementwise',
  match(node, { graph }) {
    if (!isOp(node, elementwise)) return { reason: 'takes elementwise only' };
    const { dtype } = typeAt(graph, outputOf(node));
    if (dtype !== 'f32') return { reason: `element type ${dtype} is not supported at run time` };
    const chain = bindChain(graph, node);
    return chain === undefined
      ? { reason: 'the operands are broadcast along more axes than the kernel walks' }
      : { ...chain, node };
  },
  candidates: () => [{}],
  cost: ({ loops, steps }) =>
    scalarCycles(
      loops.extents.reduce((product, extent) => product * extent, 1),
      4 * steps.length,
    ),
  emit(match) {
    const { node, loops } = match;
    const call = chainCall(match, inputOf(node), outputOf(node));
    const reads = [0, ...match.steps.flatMap((step) => stepOperand(step) ?? [])];
    const inPlace = reads.filter((_, index) => walksLikeResult(loops.strides[index + 1] ?? [], loops));
    return portableInstance(chainSource(), call.args, { sources: [chainSource(), stepsSource()], inPlace });
  },
});
