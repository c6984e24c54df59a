import { elementwise, outputOf, stepOperand, withOperand, type EpilogueStep, type Graph, type Node } from '@ait-rvv/ir';
import type { KernelCall } from '../kernel.js';
import { bindChain, chainCall, type PortableChain } from './elementwise.js';

/**
 * A node's epilogue as a chain on its finished result. `bias` reads a vector along `channelAxis`; a chain of its own
 * has its channels on axis 1, so that on another axis it is an addition that broadcasts.
 */
export function bindPortableEpilogue(
  graph: Graph,
  node: Node,
  channelAxis: number,
): PortableChain | string | undefined {
  const { epilogue } = node.attrs as { readonly epilogue: readonly EpilogueStep[] };
  if (epilogue.length === 0) return undefined;
  const operands = epilogue.flatMap((step) => stepOperand(step) ?? []);
  const plain = epilogue.map((step) => {
    const index = stepOperand(step);
    const own: EpilogueStep = step.kind === 'bias' && channelAxis !== 1 ? { kind: 'add', operand: step.operand } : step;
    return index === undefined ? own : withOperand(own, 1 + operands.indexOf(index));
  });
  const inputs = [outputOf(node), ...operands.map((index) => node.inputs[index] ?? -1)];
  const chain = { op: elementwise, name: node.name, inputs, outputs: node.outputs, attrs: { epilogue: plain } };
  return bindChain(graph, chain) ?? 'an operand of the epilogue is broadcast along more axes than the kernel walks';
}

/** The call that applies the epilogue to the result where it lies. */
export function epilogueCalls(node: Node, chain: PortableChain | undefined): readonly KernelCall[] {
  return chain === undefined ? [] : [chainCall(chain, outputOf(node), outputOf(node))];
}
