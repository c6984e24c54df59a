import { layerOf, LayerSearch } from '@ait-rvv/tuning';
import { SAMPLE, WHOLE } from './bench.mjs';

/** Layers of different kinds: network, ratio, layer. */
export const LAYERS = [
  { kind: '7x7 of stride 2', network: 'resnet50', layer: 'conv1' },
  { kind: '1x1', network: 'resnet50', layer: 'layer1.0.conv3' },
  { kind: '3x3', network: 'resnet50', layer: 'layer2.1.conv2' },
  { kind: '1x1, half pruned', network: 'resnet50', ratio: '0.5', layer: 'layer2.0.conv1' },
  { kind: '3x3, half pruned', network: 'resnet50', ratio: '0.5', layer: 'layer3.1.conv2' },
  { kind: 'depthwise 3x3', network: 'mobilenet_v2', layer: 'features.3.conv.1.0' },
];

const BUDGET = 40;
/** Choices that are run whole: the best by the sample, and every tile with its usual blocking. */
const BEST = 3;
const BATCH = 12;

/** One layer: by estimate, tuned, the best of everything there is; and how the sample ranks what was run whole. */
export async function benchLayer(bench, { kind, network, ratio, layer: name }) {
  const graph = bench.network(network, ratio);
  const node = graph.nodes.find((one) => one.name === name);
  if (node === undefined)
    throw new Error(`${network} has no layer ${name}: ${graph.nodes.map((one) => one.name).join(' ')}`);
  const layer = layerOf(graph, node);
  const tuned = await search(bench, layer);
  const all = await measureAll(bench, layer, SAMPLE, tuned.everything());
  const byCost = [...all].sort((a, b) => a.cost - b.cost);
  const offered = all.filter(({ choice }) => choice.text === tuned.estimated.text || tuned.isOffered(choice));
  const chosen = all.find(({ choice }) => choice.text === tuned.best.choice.text);
  const wholes = new Map([...byCost.slice(0, BEST), chosen, ...offered].map((one) => [one.choice.text, one]));
  const whole = await measureAll(
    bench,
    layer,
    WHOLE,
    [...wholes.values()].map(({ choice }) => choice),
  );
  const wholeOf = (text) => whole.find(({ choice }) => choice.text === text)?.cost;
  const pairs = whole.map(({ choice, cost }) => [wholes.get(choice.text).cost, cost]);
  return {
    kind,
    ...{ network, layer: name, ratio: ratio ?? null },
    choices: all.length,
    measured: tuned.measured,
    estimated: wholeOf(tuned.estimated.text),
    tuned: wholeOf(tuned.best.choice.text),
    tunedText: tuned.best.choice.text,
    exhaustive: Math.min(...whole.map(({ cost }) => cost)),
    sample: {
      estimated: all.find(({ choice }) => choice.text === tuned.estimated.text).cost,
      tuned: chosen.cost,
      exhaustive: byCost[0].cost,
    },
    ranked: { choices: pairs.length, agreement: agreement(pairs) },
  };
}

async function search(bench, layer) {
  const results = await bench.results(`search-${layer.node.name}-${layer.sparsity.replace(/\W/g, '-')}`);
  const search = new LayerSearch(layer, bench.backend, results, BUDGET);
  const tryChoices = bench.trying(SAMPLE);
  let measured = 0;
  for (let batch = search.next(); batch.length > 0; batch = search.next()) {
    results.add(layer, batch, await tryChoices(layer, batch));
    measured += batch.length;
  }
  const offered = new Set(search.offered.map(({ text }) => text));
  return {
    ...{ best: search.best(), estimated: search.estimated, measured },
    // The search may have gone further than to neighbours of what is offered.
    everything: () => [
      ...new Map([...search.everything(), search.best().choice].map((one) => [one.text, one])).values(),
    ],
    isOffered: ({ text }) => offered.has(text),
  };
}

/** Costs of all choices that succeed. */
async function measureAll(bench, layer, mostWork, choices) {
  const batches = Array.from({ length: Math.ceil(choices.length / BATCH) }, (_, i) =>
    choices.slice(i * BATCH, (i + 1) * BATCH),
  );
  const measured = [];
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const own = batch;
      const results = await bench.trying(mostWork)(layer, own);
      results.forEach(
        (result, index) => result.status === 'ok' && measured.push({ choice: own[index], cost: result.cost }),
      );
    }
  };
  await Promise.all(Array.from({ length: bench.jobs }, work));
  return measured;
}

/** Share of pairs that differ by more than a hundredth when run whole, and that the sample puts into the same order. */
function agreement(pairs) {
  let [same, all] = [0, 0];
  pairs.forEach(([sampleA, wholeA], index) => {
    for (const [sampleB, wholeB] of pairs.slice(index + 1)) {
      if (Math.abs(wholeA / wholeB - 1) <= 0.01) continue;
      all++;
      if (sampleA < sampleB === wholeA < wholeB) same++;
    }
  });
  return all === 0 ? 1 : same / all;
}
