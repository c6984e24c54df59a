import { lower, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, isOp } from '@ait-rvv/ir';
import { expect, test } from 'vitest';
import { prologues } from '../../../../tools/testing/cases/prologue.js';
import { checkCases } from './check-cases.js';

checkCases('1x1 convolutions behind steps', prologues, { tolerance: 4e-6 });

test('all of them are one kernel', () => {
  const backend = rvvBackend();
  const graph = lower(prologues.build(), backend);
  const kernels = [...selectKernels(graph, backend)]
    .filter(([node]) => isOp(node, conv2d))
    .map(([, { kernel }]) => kernel);
  expect(kernels).toEqual(prologues.names.map(() => 'gemm_prologue'));
});
