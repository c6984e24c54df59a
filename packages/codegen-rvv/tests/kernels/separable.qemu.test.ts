import { lower, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, isOp } from '@ait-rvv/ir';
import { expect, test } from 'vitest';
import { addSeparable, separables } from '../../../../tools/testing/cases/separable.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';
import { selectNumbered } from './named-candidates.js';

const backend = rvvBackend();

checkCases('depthwise separable convolutions', separables, { tolerance: 4e-6 });

/** Every choice there is of layers with and without rows that fill blocks: each has as many cases as choices. */
const choices = new CaseGraph('choices');
const SHAPES = { narrow: [1, 20, 13, 11], 'as wide as a block': [1, 20, 9, 16] } as const;
const MOST = 60;
for (const [name, x] of Object.entries(SHAPES)) {
  for (let index = 0; index < MOST; index++) addSeparable(choices, `${name} #${index}`, { x, co: 19, kernel: [3, 3] });
}

checkCases('their tiles, rounds and windows', choices, { tolerance: 4e-6, select: selectNumbered(backend) });

test('all of them are one kernel', () => {
  const graph = lower(separables.build(), backend);
  const kernels = [...selectKernels(graph, backend)]
    .filter(([node]) => isOp(node, conv2d))
    .map(([, { kernel }]) => kernel);
  expect(kernels).toEqual(separables.names.map(() => 'separable'));
});
