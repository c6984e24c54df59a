import { fail, optimize, quoteName, sameShape, type Graph, type Tensor } from '@ait-rvv/ir';
import { findLayers } from '../graph/layers.js';
import { gatherElements, ParameterFinder } from './parameters.js';
import { nodeNames } from './shared-parameters.js';

/**
 * Importances by parameter of the imported graph, f32 in its shape, as importances by weight of the optimised one: what
 * planPruning takes as a score. Tensors of other names are passed on. Throws AIT4003 for a shape that does not fit.
 *
 * @param optimized the same model, optimised
 */
export function importancesByWeight(
  graph: Graph,
  tensors: ReadonlyMap<string, Tensor>,
  optimized: Graph = optimize(graph),
): ReadonlyMap<string, Tensor> {
  const finder = new ParameterFinder(graph);
  const byWeight = new Map(
    findLayers(optimized).flatMap((layer) => {
      const parameter = finder.find(nodeNames(layer));
      const name = parameter?.value.name ?? layer.weight.name;
      const tensor = tensors.get(name);
      if (tensor === undefined) return [];
      const shape = parameter?.value.type.shape ?? layer.shape;
      const where = `importances of ${quoteName(name)}`;
      if (!sameShape(tensor.shape, shape)) {
        fail('AIT4003', `have the shape [${tensor.shape.join(',')}], the parameter has [${shape.join(',')}].`, {
          where,
        });
      }
      if (tensor.dtype !== 'f32') fail('AIT4003', `are ${tensor.dtype}, not f32.`, { where });
      const data = gatherElements(tensor.data as Float32Array, parameter?.places);
      return [[layer.weight.name, { dtype: 'f32', shape: layer.shape, data }] as const];
    }),
  );
  return new Map([...tensors, ...byWeight]);
}
