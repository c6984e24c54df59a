import type { Candidate } from '@ait-rvv/codegen-core';
import { isView } from '@ait-rvv/codegen-core';
import { isOp, relayout, stepOperand, typeAt, typeText, valueAt, type Graph, type Node } from '@ait-rvv/ir';
import { createHash } from 'node:crypto';

/** A node of a lowered graph as measurements know it: what it computes and where its tensors lie, but no name. */
export interface Layer {
  readonly graph: Graph;
  readonly node: Node;
  /** Op, attributes and types; see {@link layerText}. */
  readonly text: string;
  /** `dense`, or `N:M/T`. */
  readonly sparsity: string;
}

export type LayerId = Pick<Layer, 'text' | 'sparsity'>;

/** A text that is equal for layers which take equally long. */
export function layerId({ text, sparsity }: LayerId): string {
  return `${sparsity} ${text}`;
}

/** The layer of a node, or undefined for one that measurements say nothing about: views, and what only moves elements. */
export function layerOf(graph: Graph, node: Node): Layer | undefined {
  if (isView(graph, node) || (node.op.traits.movesData === true && !isOp(node, relayout))) return undefined;
  const computed = node.inputs.filter((id) => valueAt(graph, id).constant === undefined);
  const types = [...computed, ...node.outputs].map((id) => typeAt(graph, id));
  if (computed.length === 0 || types.some(({ dtype }) => dtype !== 'f32')) return undefined;
  return { graph, node, text: layerText(graph, node), sparsity: sparsityText(graph, node) };
}

/** Layers of a graph, in its order. */
export function layersOf(graph: Graph): readonly Layer[] {
  return graph.nodes.flatMap((node) => layerOf(graph, node) ?? []);
}

/** One of each layer, in the order of the graphs. */
export function distinctLayers(graphs: readonly Graph[]): readonly Layer[] {
  const found = new Map<string, Layer>();
  for (const layer of graphs.flatMap(layersOf)) {
    const id = layerId(layer);
    if (!found.has(id)) found.set(id, layer);
  }
  return [...found.values()];
}

/** `conv2d {"strides":[1,1],…} f32[1,64,56,56]:cnhw/16, const f32[64,64,3,3] -> f32[1,64,56,56]:cnhw/16` */
function layerText(graph: Graph, node: Node): string {
  const inputs = node.inputs.map((id, index) => {
    const first = node.inputs.indexOf(id);
    if (first < index) return `input ${first}`;
    const { type, constant } = valueAt(graph, id);
    return `${constant === undefined ? '' : 'const '}${typeText(type)}`;
  });
  const outputs = node.outputs.map((id) => typeText(typeAt(graph, id)));
  return `${node.op.kind} ${JSON.stringify(node.attrs)} ${inputs.join(', ')} -> ${outputs.join(', ')}`;
}

function sparsityText(graph: Graph, node: Node): string {
  for (const id of node.inputs) {
    const { constant } = valueAt(graph, id);
    if (constant?.kind === 'columnNM') return sparsityName(constant);
  }
  return 'dense';
}

export function sparsityName({
  n,
  m,
  tileRows,
}: {
  readonly n: number;
  readonly m: number;
  readonly tileRows: number;
}): string {
  return `${n}:${m}/${tileRows}`;
}

/** Inputs of the epilogue that are computed, by index. */
export function epilogueInputs(node: Node): readonly number[] {
  const { epilogue = [] } = node.attrs as { readonly epilogue?: readonly Parameters<typeof stepOperand>[0][] };
  return epilogue.flatMap((step) => stepOperand(step) ?? []);
}

/** Hash of the C sources a candidate runs: a kernel that has changed is another one. */
export function kernelVersion(candidate: Candidate): string {
  const hash = createHash('sha256');
  for (const { files } of candidate.emit().sources) {
    for (const [path, text] of files) hash.update(path).update('\0').update(text).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
