import { matmul, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';

/** Products with constants and of computed matrices, transposed, in batches, with epilogues. */
export const matrixProducts = new CaseGraph('products');

function addMatmul(
  name: string,
  a: ValueId,
  b: ValueId,
  {
    transA = false,
    transB = false,
    epilogue = [] as readonly EpilogueStep[],
    operands = [] as readonly ValueId[],
  } = {},
): void {
  matrixProducts.case(
    name,
    matrixProducts.builder.apply(matmul, [a, b, ...operands], { transA, transB, epilogue }, { name }),
  );
}

const constants = {
  'fully connected': [1, 37, 10],
  'one column': [5, 16, 1],
  'one depth': [3, 1, 9],
  rows: [11, 24, 33],
  wide: [2, 7, 300],
} as const;
for (const [name, [m, k, n]] of Object.entries(constants)) {
  addMatmul(name, matrixProducts.input([m, k]), matrixProducts.constant([k, n]));
  addMatmul(`${name}, Bᵀ`, matrixProducts.input([m, k]), matrixProducts.constant([n, k]), { transB: true });
  addMatmul(`${name}, Aᵀ`, matrixProducts.input([k, m]), matrixProducts.constant([k, n]), { transA: true });
  addMatmul(`${name}, computed`, matrixProducts.input([m, k]), matrixProducts.input([k, n]));
}
addMatmul('batch', matrixProducts.input([4, 5, 6]), matrixProducts.input([4, 6, 7]));
addMatmul('batch of two axes', matrixProducts.input([2, 3, 5, 6]), matrixProducts.input([2, 3, 6, 9]));
addMatmul('batch, one right-hand side', matrixProducts.input([4, 5, 6]), matrixProducts.constant([6, 7]));
addMatmul('batch, one left-hand side', matrixProducts.input([5, 6]), matrixProducts.input([3, 6, 7]));
addMatmul('batch, axes shared on both sides', matrixProducts.input([2, 1, 5, 6]), matrixProducts.input([3, 6, 7]));
addMatmul('batch, an axis shared by constants', matrixProducts.input([2, 3, 5, 6]), matrixProducts.constant([3, 6, 7]));
addMatmul('batch, an axis shared, Bᵀ', matrixProducts.input([2, 3, 5, 6]), matrixProducts.input([1, 3, 7, 6]), {
  transB: true,
  epilogue: [{ kind: 'add', operand: 2 }, { kind: 'relu' }],
  operands: [matrixProducts.input([2, 3, 5, 7])],
});

for (const step of UNARY_STEPS)
  addMatmul(stepName(step), matrixProducts.input([3, 8]), matrixProducts.constant([8, 21]), { epilogue: [step] });
addMatmul('bias', matrixProducts.input([3, 8]), matrixProducts.constant([8, 21]), {
  epilogue: [{ kind: 'bias', operand: 2 }],
  operands: [matrixProducts.constant([21])],
});
for (const shape of [[3, 21], [21], [3, 1], [1]]) {
  const operands = [matrixProducts.input(shape)];
  addMatmul(`add [${shape.join()}]`, matrixProducts.input([3, 8]), matrixProducts.constant([8, 21]), {
    epilogue: [{ kind: 'add', operand: 2 }],
    operands,
  });
}
