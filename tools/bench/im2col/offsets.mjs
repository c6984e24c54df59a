import { layerOf, offeredChoices } from '@ait-rvv/tuning';
import { StepFailed } from '../../start/ait-rvv.mjs';
import { WHOLE } from '../tuning/bench.mjs';

/** Packs every column of a window by im2col. */
const PACKED = 'conv_gemm';
/** Look taps up by their offsets in lines that are kept together, whatever number of columns reads them. */
const BY_OFFSETS = ['conv_mec', 'conv_staged'];

/**
 * A layer by im2col and by each kernel that looks taps up by offsets: the candidate that the kernel's own estimate ranks
 * first, run whole. Cycles, misses of the first-level cache, bytes moved between caches and memory, and bytes of scratch
 * that a thread holds.
 */
export async function measureOffsets(bench, { kind, network, layer: name, ratio }) {
  const graph = bench.network(network, ratio ?? undefined);
  const node = graph.nodes.find((one) => one.name === name);
  const layer = node && layerOf(graph, node);
  if (layer === undefined) throw new StepFailed(`${network} has no layer ${name}`, 2);
  const offered = offeredChoices(layer, bench.backend);
  const choices = [PACKED, ...BY_OFFSETS].flatMap((id) => firstOf(offered, id));
  const results = await bench.trying(WHOLE)(layer, choices);
  const ways = choices.map((choice, index) => wayOf(choice, results[index]));
  const [packed, ...byOffsets] = ways;
  return { kind, network, layer: name, ratio, packed, byOffsets };
}

/** The choices come cheapest first. */
function firstOf(offered, kernel) {
  return offered.find(({ candidate }) => candidate.kernel === kernel) ?? [];
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
