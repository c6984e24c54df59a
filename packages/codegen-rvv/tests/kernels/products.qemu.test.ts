import { matmul, type EpilogueStep, type ValueId } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';
import { checkCases } from './check-cases.js';

const cases = new CaseGraph('products');

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
  cases.case(name, cases.builder.apply(matmul, [a, b, ...operands], { transA, transB, epilogue }, { name }));
}

const constants = {
  'fully connected': [1, 37, 10],
  'one column': [5, 16, 1],
  'one depth': [3, 1, 9],
  rows: [11, 24, 33],
  wide: [2, 7, 300],
} as const;
for (const [name, [m, k, n]] of Object.entries(constants)) {
  addMatmul(name, cases.input([m, k]), cases.constant([k, n]));
  addMatmul(`${name}, Bᵀ`, cases.input([m, k]), cases.constant([n, k]), { transB: true });
  addMatmul(`${name}, Aᵀ`, cases.input([k, m]), cases.constant([k, n]), { transA: true });
  addMatmul(`${name}, computed`, cases.input([m, k]), cases.input([k, n]));
}
addMatmul('batch', cases.input([4, 5, 6]), cases.input([4, 6, 7]));
addMatmul('batch of two axes', cases.input([2, 3, 5, 6]), cases.input([2, 3, 6, 9]));
addMatmul('batch, one right-hand side', cases.input([4, 5, 6]), cases.constant([6, 7]));
addMatmul('batch, one left-hand side', cases.input([5, 6]), cases.input([3, 6, 7]));

for (const step of UNARY_STEPS)
  addMatmul(stepName(step), cases.input([3, 8]), cases.constant([8, 21]), { epilogue: [step] });
addMatmul('bias', cases.input([3, 8]), cases.constant([8, 21]), {
  epilogue: [{ kind: 'bias', operand: 2 }],
  operands: [cases.constant([21])],
});
for (const shape of [[3, 21], [21], [3, 1], [1]]) {
  const operands = [cases.input(shape)];
  addMatmul(`add [${shape.join()}]`, cases.input([3, 8]), cases.constant([8, 21]), {
    epilogue: [{ kind: 'add', operand: 2 }],
    operands,
  });
}

checkCases('matrix products', cases, { tolerance: 4e-6 });
