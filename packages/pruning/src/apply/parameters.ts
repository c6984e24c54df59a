import {
  elementCount,
  inputOf,
  producers,
  relayout,
  reshape,
  transpose,
  useCounts,
  valueAt,
  type Graph,
  type Node,
  type Tensor,
  type Value,
} from '@ait-rvv/ir';
import { WEIGHT_INPUT } from '../graph/layers.js';

/** The parameter of an imported graph that a layer's weight is, possibly transposed or reshaped on the way. */
export interface Parameter {
  readonly value: Value;
  /** Nothing but the layers asked about reads it. */
  readonly exclusive: boolean;
  /** Which element of the parameter each element of the weight is; undefined when they are the same. */
  readonly places: Int32Array | undefined;
}

/** Ops that keep every element exactly once. */
const REARRANGING: ReadonlySet<string> = new Set([reshape.kind, transpose.kind, relayout.kind]);

/** Finds the parameters behind weights. */
export class ParameterFinder {
  readonly #producer: readonly (Node | undefined)[];
  readonly #uses: Int32Array;
  readonly #nodes: ReadonlyMap<string, Node>;

  constructor(readonly graph: Graph) {
    this.#producer = producers(graph);
    this.#uses = useCounts(graph);
    this.#nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name);
  }

  /** The parameter behind the weight of these nodes; undefined when it is computed from more than one constant. */
  find(nodes: readonly string[]): Parameter | undefined {
    const [first] = nodes;
    const node = first === undefined ? undefined : this.node(first);
    let id = node?.inputs[WEIGHT_INPUT];
    if (id === undefined) return undefined;
    const chain: Node[] = [];
    let uses = nodes.length;
    let exclusive = true;
    while (valueAt(this.graph, id).constant === undefined) {
      const producer: Node | undefined = this.#producer[id];
      if (producer === undefined || !REARRANGING.has(producer.op.kind)) return undefined;
      exclusive &&= this.#uses[id] === uses;
      uses = 1;
      chain.unshift(producer);
      id = inputOf(producer);
    }
    const value = valueAt(this.graph, id);
    exclusive &&= this.#uses[id] === uses;
    return { value, exclusive, places: chain.length === 0 ? undefined : placesAfter(value, chain) };
  }
}

/** Sends the numbers of the parameter's elements down the chain, and sees where they come out. */
function placesAfter({ type: { shape } }: Value, chain: readonly Node[]): Int32Array {
  const numbers = Int32Array.from({ length: elementCount(shape) }, (_, index) => index);
  const start: Tensor = { dtype: 'i32', shape, data: numbers };
  const end = chain.reduce((tensor, node) => node.op.evaluate([tensor], node.attrs)[0] ?? tensor, start);
  return end.data as Int32Array;
}

/** The elements of a parameter in the order the weight has them. */
export function gatherElements<T extends Float32Array | Uint8Array>(source: T, places: Int32Array | undefined): T {
  const out = source.slice() as T;
  places?.forEach((from, to) => void (out[to] = source[from] as number));
  return out;
}

/** The elements of a weight in the order its parameter has them. */
export function scatterElements<T extends Float32Array | Uint8Array>(source: T, places: Int32Array | undefined): T {
  const out = source.slice() as T;
  places?.forEach((to, from) => void (out[to] = source[from] as number));
  return out;
}
