import { distinctLayers, layerId, layersOf, tuneLayers } from '@ait-rvv/tuning';
import { SAMPLE } from './bench.mjs';

export const NETWORKS = ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'];
const RATIO = '0.5';

/** Tunes a network, dense and half pruned, and compares what the estimate would choose with what was measured to be best. */
export async function benchNetwork(bench, name) {
  const graphs = { dense: bench.network(name), pruned: bench.network(name, RATIO) };
  const layers = distinctLayers(Object.values(graphs));
  const results = await bench.results(name);
  const [wall, cpu] = [Date.now(), process.cpuUsage()];
  const budget = { choices: 40, time: Infinity };
  const { backend, jobs: slots, signal } = bench;
  const outcome = await tuneLayers(layers, {
    backend,
    results,
    tryChoices: bench.trying(SAMPLE),
    budget,
    slots,
    signal,
  });
  const own = process.cpuUsage(cpu);
  return {
    network: name,
    seconds: Math.round((Date.now() - wall) / 1000),
    compilerSeconds: Math.round((own.user + own.system) / 1e6),
    layers: layers.length,
    choices: outcome.measured,
    failed: outcome.failed,
    totals: Object.fromEntries(Object.entries(graphs).map(([form, graph]) => [form, totals(graph, outcome.searches)])),
  };
}

function totals(graph, searches) {
  const byId = new Map(searches.map((search) => [layerId(search.layer), search]));
  const worst = { layer: '', loss: 0 };
  let [estimated, tuned] = [0, 0];
  for (const layer of layersOf(graph)) {
    const search = byId.get(layerId(layer));
    const best = search?.best()?.cost ?? 0;
    const known = search?.known().get(search.estimated?.text ?? '');
    const cost = known?.status === 'ok' ? known.cost : best;
    estimated += cost;
    tuned += best;
    if (cost / best - 1 > worst.loss) Object.assign(worst, { layer: layer.node.name, loss: cost / best - 1 });
  }
  return { estimated, tuned, worst };
}
