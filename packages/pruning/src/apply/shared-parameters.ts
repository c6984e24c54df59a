import { optimize, quoteName, type Graph } from '@ait-rvv/ir';
import { findLayers, type Layer } from '../graph/layers.js';
import { ParameterFinder } from './parameters.js';

/**
 * Layers whose parameter something else in the imported graph reads as well, where the optimised graph has separate
 * weights: tied embeddings, one weight under two batch-norms. A mask of the parameter would change the other, too, so
 * they are to stay dense; with the reason, by layer.
 *
 * @param optimized the same model, optimised
 */
export function sharedParameters(graph: Graph, optimized: Graph = optimize(graph)): ReadonlyMap<string, string> {
  const finder = new ParameterFinder(graph);
  return new Map(
    findLayers(optimized).flatMap((layer) => {
      const parameter = finder.find(nodeNames(layer));
      if (parameter === undefined || parameter.exclusive) return [];
      return [[layer.name, `its parameter ${quoteName(parameter.value.name)} is also used elsewhere`] as const];
    }),
  );
}

export function nodeNames(layer: Layer): readonly string[] {
  return layer.nodes.map((node) => node.name);
}
