import { selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, matmul, type ValueId } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { buildFolder, countRun, emitGraph } from '../../../../tools/testing/programs.js';
import { CaseGraph } from './case-graph.js';

const SAME = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1, epilogue: [] } as const;
const POINTWISE = { ...SAME, pads: [0, 0, 0, 0] } as const;

/** One pruned layer: `rows` outputs that each keep `kept` columns, over so many positions. */
interface Layer {
  readonly build: (graph: CaseGraph) => ValueId;
  readonly rows: number;
  readonly kept: number;
  readonly positions: number;
}

const LAYERS: Readonly<Record<string, Layer>> = {
  '1x1': {
    build: (graph) => {
      const inputs = [graph.input([1, 24, 10, 13]), graph.pruned([20, 24, 1, 1], { tileRows: 7, kept: 9 })];
      return graph.builder.apply(conv2d, inputs, POINTWISE, { name: 'layer' });
    },
    rows: 20,
    kept: 9,
    positions: 130,
  },
  '3x3, two pictures': {
    build: (graph) => {
      const inputs = [graph.input([2, 5, 9, 9]), graph.pruned([17, 5, 3, 3], { tileRows: 4, kept: 11 })];
      return graph.builder.apply(conv2d, inputs, SAME, { name: 'layer' });
    },
    rows: 17,
    kept: 11,
    positions: 162,
  },
};

describe.each(Object.entries(LAYERS))(
  'a pruned layer executes the multiply-adds its kept columns need: %s',
  (_, layer) => {
    test.each([128, 256])('VLEN %i', async (vlen) => {
      const graph = new CaseGraph('counts');
      graph.case('y', layer.build(graph));
      let l = 0;
      const folder = emitGraph(graph.build(), {
        select: (lowered) => {
          const selection = selectKernels(lowered, rvvBackend());
          for (const [node, candidate] of selection) if (node.name === 'layer') l = Number(candidate.parameters['l']);
          return selection;
        },
      });
      await buildFolder(folder);
      const { vectorMultiplyAdds } = await countRun(folder, `qemu:vlen=${vlen}`);
      // Lanes beyond the last position are executed, too: whole register groups, and no further ones.
      const lanes = (vlen / 32) * l;
      expect(vectorMultiplyAdds).toBe(layer.rows * layer.kept * Math.ceil(layer.positions / lanes) * lanes);
    });
  },
);

test('a pruned linear layer of one position', async () => {
  const graph = new CaseGraph('counts');
  const inputs = [graph.input([1, 40]), graph.pruned([24, 40], { tileRows: 8, kept: 13 })];
  const attrs = { transA: false, transB: true, epilogue: [] };
  graph.case('y', graph.builder.apply(matmul, inputs, attrs, { name: 'layer' }));
  const folder = emitGraph(graph.build());
  await buildFolder(folder);
  // At VLEN 256 the 8 outputs of a tile fill one register.
  expect((await countRun(folder, 'qemu:vlen=256')).vectorMultiplyAdds).toBe(24 * 13);
});
