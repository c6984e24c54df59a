import { layerOf, offeredChoices } from '@ait-rvv/tuning';
import { StepFailed } from '../../start/ait-rvv.mjs';
import { WHOLE } from '../tuning/bench.mjs';
import { narrowGraph } from './graphs.mjs';

/** Choices of each kernel that are run. */
const CHOICES = 3;

/** A layer of a network as a backend lets its pictures lie, for the tuner. */
export function layerOfNetwork(bench, { network, narrow, layer: name, ratio }, backend = bench.backend) {
  const drop = ratio ?? undefined;
  const graph =
    narrow === undefined ? bench.network(network, drop, backend) : bench.lowered(narrowGraph(narrow), drop, backend);
  const node = graph.nodes.find((one) => one.name === name);
  const layer = node && layerOf(graph, node);
  if (layer === undefined) throw new StepFailed(`${network} has no layer ${name}`, 2);
  return layer;
}

/**
 * The layer by each of the kernels that take it: the best of the candidates that the kernel's own estimate ranks first, run
 * whole. Cycles, misses of the first-level cache, bytes moved between caches and memory, and bytes of scratch that a thread holds.
 */
export async function waysOf(bench, kernels, layer, backend = bench.backend) {
  const offered = offeredChoices(layer, backend);
  const choices = kernels.flatMap((id) => offered.filter(({ candidate }) => candidate.kernel === id).slice(0, CHOICES));
  if (choices.length === 0) return [];
  const results = await bench.trying(WHOLE, backend)(layer, choices);
  const ways = choices.map((choice, index) => wayOf(choice, results[index]));
  return kernels.flatMap(
    (id) => ways.filter(({ kernel }) => kernel === id).sort((a, b) => a.cycles - b.cycles)[0] ?? [],
  );
}

function wayOf({ candidate, text }, { status, cost, detail, memory }) {
  if (status !== 'ok') throw new StepFailed(`${text}: ${detail}`, 1);
  const { l1Misses, l2Bytes, dramBytes } = memory;
  return { kernel: candidate.kernel, cycles: cost, l1Misses, l2Bytes, dramBytes, scratchBytes: scratchOf(candidate) };
}

/** Elements of sums between K blocks and of panels, as templates/shared/gemm_task.njk asks for them; all f32. */
function scratchOf(candidate) {
  return candidate
    .emit()
    .scratch.map(({ args: [partial, panels] }) => 4 * (partial + panels))
    .reduce((most, bytes) => Math.max(most, bytes), 0);
}
