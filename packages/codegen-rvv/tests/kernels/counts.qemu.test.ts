import { selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, matmul, type ValueId } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { buildFolder, countRun, emitGraph } from '../../../../tools/testing/programs.js';
import { CaseGraph } from './case-graph.js';

const SAME = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1, epilogue: [] } as const;
const POINTWISE = { ...SAME, pads: [0, 0, 0, 0] } as const;

/** Most positions at the end that a kernel of such register groups takes one by one, with the rows of a tile as lanes. */
const mostLone = (l: number, group: number): number => (l > 1 ? Math.min(4, group / 4 - 1) : 4);

/** One pruned layer: `rows` outputs that each keep `kept` columns, over so many positions. */
interface Layer {
  readonly build: (graph: CaseGraph) => ValueId;
  readonly rows: number;
  readonly kept: number;
  readonly positions: number;
}

/** 21 outputs of a 1x1 layer that each keep 9 of 24 channels. */
const pointwise = (height: number, width: number): Layer => ({
  build: (graph) => {
    const inputs = [graph.input([1, 24, height, width]), graph.pruned([21, 24, 1, 1], { tileRows: 7, kept: 9 })];
    return graph.builder.apply(conv2d, inputs, POINTWISE, { name: 'layer' });
  },
  ...{ rows: 21, kept: 9, positions: height * width },
});

const LAYERS: Readonly<Record<string, Layer>> = {
  '1x1': pointwise(10, 13),
  '1x1, the end of which fits half of a register group': pointwise(2, 67),
  '3x3, two pictures': {
    build: (graph) => {
      const inputs = [graph.input([2, 5, 9, 9]), graph.pruned([16, 5, 3, 3], { tileRows: 4, kept: 11 })];
      return graph.builder.apply(conv2d, inputs, SAME, { name: 'layer' });
    },
    rows: 16,
    kept: 11,
    positions: 162,
  },
};

/**
 * Lanes that are executed for so many positions: of each strip whole register groups, half of one where the rest fits that,
 * or single positions in the end, which are counted apart.
 */
function lanesOf(positions: number, { strip, l }: { readonly strip: number; readonly l: number }, group: number) {
  let [lanes, lone] = [0, 0];
  for (let first = 0; first < positions; first += strip) {
    const length = Math.min(strip, positions - first);
    const rest = length % group;
    lanes += length - rest;
    if (rest <= mostLone(l, group)) lone += rest;
    else lanes += l > 1 && rest <= group / 2 ? group / 2 : group;
  }
  return { lanes, lone };
}

describe.each(Object.entries(LAYERS))(
  'a pruned layer executes the multiply-adds its kept columns need: %s',
  (_, layer) => {
    test.each([128, 256, 512])('VLEN %i', async (vlen) => {
      const graph = new CaseGraph('counts');
      graph.case('y', layer.build(graph));
      let tile = { t: 0, l: 0, strip: 0 };
      const folder = emitGraph(graph.build(), {
        select: (lowered) => {
          const selection = selectKernels(lowered, rvvBackend());
          const chosen = [...selection].find(([node]) => node.name === 'layer')?.[1].parameters;
          tile = { t: Number(chosen?.['t']), l: Number(chosen?.['l']), strip: Number(chosen?.['strip']) };
          return selection;
        },
      });
      await buildFolder(folder);
      const { vectorMultiplyAdds } = await countRun(folder, `qemu:vlen=${vlen}`);
      // Lanes beyond the last position are executed, too: whole register groups, and no further ones.
      const [register, group] = [vlen / 32, (vlen / 32) * tile.l];
      const { lanes, lone } = lanesOf(layer.positions, tile, group);
      // Rows of a tile are lanes of groups that hold the tallest tile at VLEN 256.
      const loneGroup = register * ([1, 2, 4].find((lmul) => tile.t <= lmul * 8) ?? 8);
      const perColumn = layer.rows * lanes + lone * Math.ceil(tile.t / loneGroup) * loneGroup * (layer.rows / tile.t);
      expect(layer.rows % tile.t, 'all tiles are of the same height').toBe(0);
      expect(vectorMultiplyAdds).toBe(layer.kept * perColumn);
    });
  },
);

/** Instructions by class and multiply-adds of one fully connected layer of one position. */
async function countLinear(build: (graph: CaseGraph) => ValueId) {
  const graph = new CaseGraph('counts');
  graph.case('y', build(graph));
  const folder = emitGraph(graph.build());
  await buildFolder(folder);
  return countRun(folder, 'qemu:vlen=256');
}

function linear(graph: CaseGraph, depth: number, weight: ValueId): ValueId {
  const attrs = { transA: false, transB: true, epilogue: [] };
  return graph.builder.apply(matmul, [graph.input([1, depth]), weight], attrs, { name: 'layer' });
}

test('a pruned linear layer of one position', async () => {
  const counts = await countLinear((graph) => linear(graph, 40, graph.pruned([24, 40], { tileRows: 8, kept: 13 })));
  // At VLEN 256 the 8 outputs of a tile fill one register.
  expect(counts.vectorMultiplyAdds).toBe(24 * 13);
});

test('a pruned linear layer that no cache holds needs fewer instructions than the dense one', async () => {
  const [depth, outputs, kept] = [2048, 200, 1024];
  const pruned = await countLinear((graph) =>
    linear(graph, depth, graph.pruned([outputs, depth], { tileRows: 15, kept })),
  );
  const dense = await countLinear((graph) => linear(graph, depth, graph.constant([outputs, depth])));
  // Lanes are the kept inputs: whole groups of them, so that none is executed in vain.
  expect(pruned.vectorMultiplyAdds).toBe(outputs * kept);
  expect(pruned.instructions).toBeLessThan(dense.instructions);
});
