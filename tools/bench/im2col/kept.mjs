import { valueAt } from '@ait-rvv/ir';
import { layerOfNetwork, waysOf } from './ways.mjs';

/** Pack everything that windows cover, and only what some tile of the weight keeps. */
const ALL = ['conv_gemm', 'conv_mec'];
const KEPT = ['conv_gemm_kept', 'conv_mec_kept'];

/** Layers of few rows, whose tiles leave some columns to nobody, from the widest picture of a network to the narrowest. */
export const KEPT_LAYERS = [
  ...[
    ['56x56', 1],
    ['28x28', 2],
    ['14x14', 3],
    ['7x7', 4],
  ].map(([picture, block]) => ({
    kind: `3x3, 128 to 32 channels, ${picture}`,
    network: 'densenet121',
    layer: `features.denseblock${block}.denselayer1.conv2`,
  })),
  { kind: '3x3, 64 channels, 56x56', network: 'resnet18', layer: 'layer1.0.conv1' },
].flatMap((one) => ['0.5', '0.75', '0.875'].map((ratio) => ({ ...one, ratio })));

const best = (ways) => [...ways].sort((a, b) => a.cycles - b.cycles)[0];

/** A pruned layer with all columns packed and with those that some tile keeps, each by the better of im2col and of windows kept together. */
export async function measureKept(bench, one) {
  const { kind, network, layer: name, ratio } = one;
  const layer = layerOfNetwork(bench, one);
  const ways = await waysOf(bench, [...ALL, ...KEPT], layer);
  const of = (kernels) => best(ways.filter(({ kernel }) => kernels.includes(kernel)));
  return { kind, network, layer: name, ratio, share: keptShare(layer), all: of(ALL), kept: of(KEPT) ?? null };
}

/** Part of the columns that some tile keeps. */
function keptShare({ graph, node }) {
  const weight = valueAt(graph, node.inputs[1]);
  const [, ...window] = weight.type.shape;
  return new Set(weight.constant.columns).size / window.reduce((product, extent) => product * extent, 1);
}
