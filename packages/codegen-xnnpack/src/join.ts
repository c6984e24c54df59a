import { viewsOf, type JoinSteps, type Step } from '@ait-rvv/codegen-core';
import { producers, valueAt, type Graph, type Node, type ValueId } from '@ait-rvv/ir';
import { borderOf, isSegment, segmentStep, type Part } from './segment.js';
import type { Border } from './subgraph.js';

/**
 * Joins the nodes XNNPACK computes into as few subgraphs as the nodes between them allow: a node belongs to the segment
 * of its inputs, and a portable node on the way from one to the other begins the next.
 */
export const joinSegments: JoinSteps = (graph, steps) => {
  const groups = groupSteps(graph, steps);
  const borders = new Borders(graph, groups);
  let number = 0;
  return groups.flatMap(({ parts, others }) => {
    const segment = parts.length === 0 ? [] : [segmentStep(graph, parts, borders.of(parts), number++)];
    return [...segment, ...others];
  });
};

/** Every node a subgraph of its own, for looking at layers one by one. */
export const separateSegments: JoinSteps = (graph, steps) => {
  let number = 0;
  return steps.flatMap((step) => {
    if (!isSegment(step.instance)) return [step];
    return step.instance.parts.map((part) => segmentStep(graph, [part], borderOf(graph, part.node), number++));
  });
};

/** One segment, and what is computed by other kernels between it and the next. */
interface Group {
  readonly parts: Part[];
  readonly others: Step[];
}

/** Where a value stands: made in segment `group` itself, or behind it. */
interface Place {
  readonly group: number;
  readonly inside: boolean;
}

const BEFORE_ALL: Place = { group: -1, inside: false };

function groupSteps(graph: Graph, steps: readonly Step[]): readonly Group[] {
  const stepOf = new Map<Node, Step>(steps.flatMap((step) => step.layers.map(({ node }) => [node, step] as const)));
  const places = new Map<ValueId, Place>();
  const groups: Group[] = [];
  // Group −1, before the first segment, comes first in the list.
  const groupAt = (index: number): Group => {
    for (let i = groups.length; i <= index + 1; i++) groups.push({ parts: [], others: [] });
    return groups[index + 1] ?? { parts: [], others: [] };
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => places.get(id) ?? BEFORE_ALL);
    const latest = Math.max(-1, ...inputs.map(({ group }) => group));
    const step = stepOf.get(node);
    const place = (at: Place): void => node.outputs.forEach((id) => void places.set(id, at));
    if (step === undefined) {
      // A view is where its source is; one of a part of it only exists in memory.
      place({ group: latest, inside: isWholeView(graph, node) && inputs[0]?.inside === true });
    } else if (isSegment(step.instance)) {
      const group = Math.max(0, ...inputs.map((at) => (at.inside ? at.group : at.group + 1)));
      groupAt(group).parts.push(...step.instance.parts);
      place({ group, inside: true });
    } else {
      groupAt(latest).others.push(step);
      place({ group: latest, inside: false });
    }
  }
  return groups;
}

/** The output is all of the input's memory. */
function isWholeView(graph: Graph, node: Node): boolean {
  const [view, ...more] = viewsOf(graph, node) ?? [];
  if (view === undefined || more.length > 0 || view.byteOffset !== 0) return false;
  const size = (id: ValueId): number => valueAt(graph, id).type.shape.reduce((product, extent) => product * extent, 1);
  return size(view.output) === size(view.of);
}

/** Finds what crosses the border of a group of nodes. */
class Borders {
  readonly #graph: Graph;
  readonly #producer: readonly (Node | undefined)[];
  readonly #readers = new Map<ValueId, Node[]>();
  readonly #outputs: ReadonlySet<ValueId>;
  /** The group of every node in a segment. */
  readonly #groupOf = new Map<Node, readonly Part[]>();

  constructor(graph: Graph, groups: readonly Group[]) {
    this.#graph = graph;
    this.#producer = producers(graph);
    for (const node of graph.nodes) {
      for (const id of new Set(node.inputs)) this.#readers.set(id, [...(this.#readers.get(id) ?? []), node]);
    }
    this.#outputs = new Set(graph.outputs.map(({ value }) => value));
    for (const { parts } of groups) for (const { node } of parts) this.#groupOf.set(node, parts);
  }

  of(parts: readonly Part[]): Border {
    const sourceOf = (id: ValueId): ValueId => this.#sourceWithin(parts, id);
    const read = parts.flatMap(({ node }) => node.inputs).filter((id) => this.#comesIn(parts, id));
    const outputs = parts.flatMap(({ node }) => node.outputs).filter((id) => this.#goesOut(parts, id));
    return { inputs: [...new Set(read)], outputs, sourceOf };
  }

  /** The value of the group that `id` is a view of, or `id` itself. */
  #sourceWithin(parts: readonly Part[], id: ValueId): ValueId {
    let at = id;
    for (let node = this.#producer[at]; node !== undefined; node = this.#producer[at]) {
      if (this.#groupOf.get(node) === parts) return at;
      if (!isWholeView(this.#graph, node)) return id;
      at = node.inputs[0] ?? at;
    }
    return id;
  }

  #comesIn(parts: readonly Part[], id: ValueId): boolean {
    if (valueAt(this.#graph, id).constant !== undefined) return false;
    const producer = this.#producer[this.#sourceWithin(parts, id)];
    return producer === undefined || this.#groupOf.get(producer) !== parts;
  }

  /** Whether something outside reads the value, or a view of it. */
  #goesOut(parts: readonly Part[], id: ValueId): boolean {
    if (this.#outputs.has(id)) return true;
    return (this.#readers.get(id) ?? []).some((node) => {
      if (this.#groupOf.get(node) === parts) return false;
      const views = viewsOf(this.#graph, node);
      if (views === undefined) return true;
      // Whoever reads a part of it reads memory.
      return isWholeView(this.#graph, node) ? node.outputs.some((output) => this.#goesOut(parts, output)) : true;
    });
  }
}
