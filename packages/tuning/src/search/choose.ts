import type { Backend, Choose } from '@ait-rvv/codegen-core';
import type { Measurement } from '../cache/measurement.js';
import { layerOf, type Layer } from '../layers/layer.js';
import { parseSparsity } from '../layers/sparsity.js';
import { bestMeasured, MeasuredLayers } from './best-measured.js';

/** Told what became of a layer: chosen by measurement, or by the estimate since nothing legal was measured. */
export type ChooseObserver = (decision: 'measured' | 'estimated') => void;

/**
 * Chooses the kernel that was measured to be the best of those that are still the same and legal; nothing where none was.
 * A layer pruned to a ratio that was not measured takes the choice of the nearest one that was, with the same mask tiles.
 */
export function measuredChoice(
  measurements: readonly Measurement[],
  backend: Backend,
  observe?: ChooseObserver,
): Choose {
  const measured = new MeasuredLayers(measurements);
  return (graph, node) => {
    const layer = layerOf(graph, node);
    if (layer === undefined) return undefined;
    for (const sparsity of nearest(layer, measured.sparsitiesOf(layer.text))) {
      const match = sparsity === layer.sparsity ? 'same' : 'like';
      const best = bestMeasured(measured.of({ text: layer.text, sparsity }), layer, backend, match);
      if (best === undefined) continue;
      observe?.('measured');
      return best.candidate;
    }
    observe?.('estimated');
    return undefined;
  };
}

/** The layer's own sparsity, then others of the same groups and mask tiles by the columns they keep. */
function nearest({ sparsity }: Layer, known: readonly string[]): readonly string[] {
  const own = parseSparsity(sparsity);
  if (own === undefined) return [sparsity];
  const alike = known.flatMap((text) => {
    const other = parseSparsity(text);
    if (other === undefined || other.m !== own.m || other.tileRows !== own.tileRows) return [];
    return [{ text, distance: Math.abs(other.n - own.n) }];
  });
  return alike.sort((a, b) => a.distance - b.distance).map(({ text }) => text);
}
