import { cComment, type CArg, type KernelInstance, type Layer, type Step } from '@ait-rvv/codegen-core';
import { nodeText, typeAt, typeText, valueAt, type Graph, type Node } from '@ait-rvv/ir';
import { definitionSource, render, segmentSource } from './files.js';
import { SubgraphWriter, type Border, type Line } from './subgraph.js';
import type { Translation } from './translation.js';

/** A node of a segment, and how XNNPACK computes it. */
export interface Part {
  readonly node: Node;
  readonly translation: Translation;
}

/** An instance that is a segment. */
export interface SegmentInstance extends KernelInstance {
  readonly parts: readonly Part[];
}

export function isSegment(instance: KernelInstance): instance is SegmentInstance {
  return 'parts' in instance;
}

/** XNN_EXTRA_BYTES of any release and architecture. */
const READS_BEYOND = 128;

/** The instance that runs these nodes, in this order, as one subgraph: the `number`th of the program. */
export function segmentInstance(graph: Graph, parts: readonly Part[], border: Border, number: number): SegmentInstance {
  const writer = new SubgraphWriter(graph, border);
  const nodes = parts.map(({ node, translation }): { comment: string; lines: readonly Line[] } => {
    translation.define(writer);
    const shapes = node.outputs.map((id) => typeText(typeAt(graph, id))).join(' ');
    return { comment: cComment(`${nodeText(node)} -> ${shapes}`), lines: writer.takeLines() };
  });
  const symbol = `ait_xnnpack_define_${number}`;
  const externals = writer.externals.map(({ ref, direction }) => ({ ...ref, direction }));
  const text = render('segment.c', {
    symbol,
    count: writer.count,
    externals,
    nodes,
    weights: writer.weights.length > 0,
  });
  const shared = segmentSource();
  const tensors = writer.externals.map(({ value }): CArg => ({ kind: 'value', value }));
  const weights = writer.weights.map((_, index): CArg => ({ kind: 'packed', index }));
  return {
    parts,
    kernel: 'xnnpack',
    parameters: { segment: number },
    calls: [{ symbol: shared.symbol, argsType: shared.argsType, args: [{ name: 'tensors', arg: pointers(tensors) }] }],
    sources: [shared, definitionSource(symbol, text)],
    scratch: [],
    weights: writer.weights,
    inPlace: [],
    readsBeyond: READS_BEYOND,
    resident: {
      create: 'ait_xnnpack_create',
      destroy: 'ait_xnnpack_destroy',
      argsType: 'ait_xnnpack_segment_args',
      args: [
        { name: 'define', arg: { kind: 'symbol', name: symbol } },
        { name: 'weights', arg: pointers(weights) },
        { name: 'tensors', arg: { kind: 'size', value: tensors.length } },
      ],
    },
  };
}

/** The segment as a step of the program. */
export function segmentStep(graph: Graph, parts: readonly Part[], border: Border, number: number): Step {
  const instance = segmentInstance(graph, parts, border, number);
  const layers = parts.map(({ node, translation }): Layer => ({
    node,
    kernel: instance.kernel,
    parameters: { functions: translation.functions.join(' '), segment: number },
  }));
  return { layers, inputs: border.inputs, outputs: border.outputs, instance };
}

function pointers(items: readonly CArg[]): CArg {
  return { kind: 'array', type: 'void *const', items };
}

/** The border of one node by itself: every tensor it reads or writes lies in memory. */
export function borderOf(graph: Graph, node: Node): Border {
  const inputs = [...new Set(node.inputs)].filter((id) => valueAt(graph, id).constant === undefined);
  return { inputs, outputs: node.outputs, sourceOf: (id) => id };
}
