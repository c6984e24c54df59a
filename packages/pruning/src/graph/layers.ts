import {
  conv2d,
  elementCount,
  isDepthwise,
  isOp,
  matmul,
  typeAt,
  valueAt,
  weightView,
  type Graph,
  type Node,
  type RowAxis,
  type Shape,
  type Value,
  type ValueId,
} from '@ait-rvv/ir';

/** How a node uses its weight: as the matrix of a convolution or of a linear layer. */
interface WeightUse {
  readonly op: 'conv2d' | 'linear';
  readonly rowAxis: RowAxis;
  readonly groups: number;
  readonly depthwise: boolean;
  /** 1x1, of stride 1, without padding: columns are channels of the input as they lie in memory, nothing packs them. */
  readonly direct: boolean;
}

/** A convolution or linear layer with a constant weight; several nodes when they share it. */
export interface Layer extends WeightUse {
  /** Name of the first node that uses the weight. */
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly weight: Value;
  readonly shape: Shape;
  readonly rows: number;
  readonly depth: number;
  /** Positions every row is multiplied with; those of the node with the fewest. */
  readonly positions: number;
  /** Multiply-adds of one inference, dense. */
  readonly macs: number;
  /** Reads the model's input, with at most this many channels: the stem. Undefined for other layers. */
  readonly stemChannels: number | undefined;
  /** Why there can be no one decision for the weight: it is also read as something else. */
  readonly conflict: string | undefined;
}

/** Input of a layer's node that holds its weight. */
export const WEIGHT_INPUT = 1;

/** Every layer of the graph, in order. Products of two computed tensors are none. */
export function findLayers(graph: Graph): readonly Layer[] {
  const raw = rawValues(graph);
  const byWeight = new Map<ValueId, { node: Node; use: WeightUse }[]>();
  for (const node of graph.nodes) {
    const use = weightUse(graph, node);
    const weight = node.inputs[WEIGHT_INPUT];
    if (use === undefined || weight === undefined) continue;
    const uses = byWeight.get(weight) ?? [];
    uses.push({ node, use });
    byWeight.set(weight, uses);
  }
  return [...byWeight].flatMap(([weight, uses]) => {
    const [first] = uses;
    return first === undefined ? [] : [makeLayer(graph, weight, uses, first, raw)];
  });
}

/** Multiply-adds of everything that is no layer: products of two computed tensors, computed weights. */
export function otherMacs(graph: Graph, layers: readonly Layer[]): number {
  const inLayers = new Set(layers.flatMap((layer) => layer.nodes));
  return graph.nodes.reduce((sum, node) => (inLayers.has(node) ? sum : sum + macsOf(graph, node)), 0);
}

function weightUse(graph: Graph, node: Node): WeightUse | undefined {
  const id = node.inputs[WEIGHT_INPUT];
  if (id === undefined) return undefined;
  const { constant, type } = valueAt(graph, id);
  if (constant === undefined) return undefined;
  if (isOp(node, conv2d)) {
    const depthwise = isDepthwise(typeAt(graph, node.inputs[0] ?? 0), node.attrs);
    const { groups, strides, pads } = node.attrs;
    const taps = elementCount(type.shape.slice(2));
    const direct = taps === 1 && strides.every((stride) => stride === 1) && pads.every((pad) => pad === 0);
    return { op: 'conv2d', rowAxis: 0, groups, depthwise, direct };
  }
  if (!isOp(node, matmul) || type.shape.length !== 2) return undefined;
  return { op: 'linear', rowAxis: node.attrs.transB ? 0 : 1, groups: 1, depthwise: false, direct: false };
}

function makeLayer(
  graph: Graph,
  weight: ValueId,
  uses: readonly { node: Node; use: WeightUse }[],
  { node: first, use }: { node: Node; use: WeightUse },
  raw: ReadonlySet<ValueId>,
): Layer {
  const value = valueAt(graph, weight);
  const { shape } = value.type;
  const { rows, depth } = weightView(shape, use.rowAxis);
  const nodes = uses.map(({ node }) => node);
  const macs = nodes.map((node) => macsOf(graph, node));
  const stem = uses.find(({ node, use: { op } }) => op === 'conv2d' && raw.has(node.inputs[0] ?? -1));
  return {
    ...use,
    name: first.name,
    nodes,
    weight: value,
    shape,
    rows,
    depth,
    positions: Math.min(...macs) / (rows * depth),
    macs: macs.reduce((sum, count) => sum + count, 0),
    stemChannels: stem === undefined ? undefined : typeAt(graph, stem.node.inputs[0] ?? 0).shape[1],
    conflict: conflictOf(graph, weight, uses, use),
  };
}

function conflictOf(
  graph: Graph,
  weight: ValueId,
  uses: readonly { node: Node; use: WeightUse }[],
  { op, rowAxis, groups }: WeightUse,
): string | undefined {
  const other = uses.find(({ use }) => use.op !== op || use.rowAxis !== rowAxis || use.groups !== groups);
  if (other !== undefined) return `${JSON.stringify(other.node.name)} reads its weight in another way`;
  const layers = new Set(uses.map(({ node }) => node));
  const stranger = graph.nodes.find((node) =>
    node.inputs.some((id, input) => id === weight && !(layers.has(node) && input === WEIGHT_INPUT)),
  );
  if (stranger !== undefined) return `${JSON.stringify(stranger.name)} reads its weight, too`;
  return graph.outputs.some((output) => output.value === weight) ? 'its weight is an output of the model' : undefined;
}

function macsOf(graph: Graph, node: Node): number {
  const types = (ids: readonly ValueId[]) => ids.map((id) => typeAt(graph, id));
  return node.op.multiplyAdds?.(types(node.inputs), types(node.outputs), node.attrs) ?? 0;
}

/** Values the model's inputs reach without passing a layer or a product. */
function rawValues(graph: Graph): ReadonlySet<ValueId> {
  const raw = new Set<ValueId>(graph.inputs);
  for (const node of graph.nodes) {
    const data = node.inputs.filter((id) => valueAt(graph, id).constant === undefined);
    const through = node.op.multiplyAdds === undefined && data.length > 0 && data.every((id) => raw.has(id));
    if (through) for (const id of node.outputs) raw.add(id);
  }
  return raw;
}
