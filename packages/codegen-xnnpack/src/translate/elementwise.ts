import {
  inputOf,
  outputOf,
  stepOperand,
  typeAt,
  valueAt,
  type ElementwiseAttrs,
  type EpilogueStep,
  type Graph,
  type Node,
  type Shape,
  type TensorType,
  type ValueId,
} from '@ait-rvv/ir';
import { boundsOf, UNBOUNDED, type Bounds } from '../bounds.js';
import { alignedDims, broadcastDims, inResultOrder } from '../shapes.js';
import type { Ref, SubgraphWriter } from '../subgraph.js';
import type { Translate } from '../translation.js';
import { STEP_TRANSLATIONS, type StepTranslation } from './steps.js';

/** Chains of elementwise steps, each a function of XNNPACK; bounds behind arithmetic become part of it. */
export const translateElementwise: Translate<ElementwiseAttrs> = (node, graph) => {
  const result = typeAt(graph, outputOf(node));
  const links = linksOf(node);
  const refusal = refuse(graph, node, links, result);
  if (refusal !== undefined) return refusal;
  return {
    functions: links.flatMap(({ step, translation }) =>
      typeof translation === 'string' ? [] : translation.functions(step),
    ),
    define(subgraph) {
      let running = operandRef(subgraph, graph, inputOf(node), result);
      links.forEach(({ step, translation, bounds }, index) => {
        if (typeof translation === 'string') return;
        const operand = operandOf(node, step);
        const other = operand === undefined ? undefined : operandRef(subgraph, graph, operand, result, step);
        const dims = other === undefined ? running.dims : broadcast(running.dims, other.dims);
        const last = index === links.length - 1;
        const to = last ? subgraph.result(outputOf(node), dims) : subgraph.temporary(dims);
        translation.define(subgraph, { step, x: running, y: other, to, bounds });
        running = to;
      });
    },
  };
};

/** A step with the bounds it takes over from the step behind it. */
interface Link {
  readonly step: EpilogueStep;
  readonly translation: StepTranslation | string;
  readonly bounds: Bounds;
}

function linksOf(node: Node<ElementwiseAttrs>): readonly Link[] {
  const { epilogue } = node.attrs;
  const links: Link[] = [];
  for (let i = 0; i < epilogue.length; i++) {
    const step = epilogue[i];
    if (step === undefined) continue;
    const translation = STEP_TRANSLATIONS[step.kind];
    const clips = typeof translation !== 'string' && translation.clips;
    const bounds = clips ? boundsOf(epilogue[i + 1]) : undefined;
    if (bounds !== undefined) i++;
    links.push({ step, translation, bounds: bounds ?? UNBOUNDED });
  }
  return links;
}

function refuse(
  graph: Graph,
  node: Node<ElementwiseAttrs>,
  links: readonly Link[],
  result: TensorType,
): string | undefined {
  for (const { step, translation } of links) {
    if (typeof translation === 'string') return translation;
    const refusal = translation.refuse?.(step);
    if (refusal !== undefined) return refusal;
  }
  const reads = [inputOf(node), ...links.flatMap(({ step }) => operandOf(node, step) ?? [])];
  const astray = reads.some((id) => {
    const { constant, type } = valueAt(graph, id);
    return constant === undefined && alignedDims(type, result) === undefined;
  });
  return astray ? 'an operand lies in another order than the result' : undefined;
}

function operandOf(node: Node, step: EpilogueStep): ValueId | undefined {
  const index = stepOperand(step);
  return index === undefined ? undefined : inputOf(node, index);
}

/** The operand under the extents it has beside the result. A bias lies along the channels, axis 1. */
function operandRef(subgraph: SubgraphWriter, graph: Graph, id: ValueId, result: TensorType, step?: EpilogueStep): Ref {
  const { constant, type, name } = valueAt(graph, id);
  const shape =
    step?.kind === 'bias' ? result.shape.slice(1).map((extent, axis) => (axis === 0 ? extent : 1)) : type.shape;
  if (constant?.kind !== 'dense') {
    const dims = step?.kind === 'bias' ? broadcastDims(shape, result) : alignedDims(type, result);
    return subgraph.value(id, dims);
  }
  const { tensor } = constant;
  return subgraph.constant(name, broadcastDims(shape, result), () => inResultOrder({ ...tensor, shape }, result));
}

function broadcast(a: Shape, b: Shape): Shape {
  return a.map((extent, axis) => Math.max(extent, b[axis] ?? 1));
}
