import { fail, optimize, quoteName, type Graph, type Tensor } from '@ait-rvv/ir';
import { weightPlaces } from '../columns/weight-places.js';
import { inverseOrder } from '../permute/order.js';
import { reordered } from '../permute/permute-graph.js';
import type { Plan } from '../plan/schema.js';
import { ParameterFinder, scatterElements } from './parameters.js';
import { plannedLayers, type PlannedLayer } from './planned-layers.js';

/**
 * The masks of a plan by the name of the imported graph's parameters, in their shapes and in the model's own order of
 * channels: true where a weight is kept. Throws AIT4002 when the plan is not for the graph, or when two layers want
 * different masks of one parameter.
 *
 * @param optimized what the plan was made from: the optimised graph
 */
export function masksOf(graph: Graph, plan: Plan, optimized: Graph = optimize(graph)): ReadonlyMap<string, Tensor> {
  const finder = new ParameterFinder(graph);
  const masks = new Map<string, Tensor>();
  for (const planned of plannedLayers(optimized, plan).layers) {
    const { layer } = planned;
    const parameter = finder.find(layer.nodes.map((node) => node.name));
    const mask = weightMask(planned);
    const name = parameter?.value.name ?? layer.weight.name;
    const data = scatterElements(mask.data as Uint8Array, parameter?.places);
    const known = masks.get(name);
    if (known !== undefined && !(known.data as Uint8Array).every((kept, index) => kept === data[index])) {
      const where = `parameter ${quoteName(name)}`;
      fail('AIT4002', `has two masks, one for layer ${quoteName(layer.name)}.`, {
        where,
        hint: 'Leave one of its layers dense.',
      });
    }
    masks.set(name, { dtype: 'bool', shape: parameter?.value.type.shape ?? mask.shape, data });
  }
  return masks;
}

/** The mask of one weight in the graph's own order of channels, bool of the weight's shape. */
export function weightMask({ layer, entry, axes, columns }: PlannedLayer): Tensor {
  const { rows, rowStride, columns: places } = weightPlaces(layer.shape, layer.rowAxis);
  const kept = entry.keptColumns;
  const data = new Uint8Array(layer.rows * layer.depth);
  for (let row = 0; row < rows; row++) {
    const tile = Math.floor(row / entry.tileRows) * kept;
    for (let j = 0; j < kept; j++) data[row * rowStride + (places[columns[tile + j] as number] as number)] = 1;
  }
  const mask: Tensor = { dtype: 'bool', shape: layer.shape, data };
  return reordered(
    mask,
    axes.map((axis) => ({ ...axis, order: inverseOrder(axis.order) })),
  );
}

/** The weight where the mask is true, zero elsewhere. */
export function maskedWeight(weight: Tensor, mask: Tensor): Tensor {
  const source = weight.data as Float32Array;
  const data = new Float32Array(source.length);
  const kept = mask.data as Uint8Array;
  for (let i = 0; i < data.length; i++) if (kept[i] === 1) data[i] = source[i] as number;
  return { ...weight, data };
}
