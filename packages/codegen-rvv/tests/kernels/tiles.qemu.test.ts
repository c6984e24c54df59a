import { considerKernels, selectKernels, type Candidate, type Selection } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, matmul, type EpilogueStep, type Graph, type Node } from '@ait-rvv/ir';
import { addPrologue, NORMALISE } from '../../../../tools/testing/cases/prologue.js';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';

/** How many candidates of each kind of layer are tried; more than any kernel has. */
const MOST = 24;

/** Node names end in `#i`: that node gets its i-th legal candidate instead of the cheapest. */
function selectByName(graph: Graph): Selection {
  const backend = rvvBackend();
  const selection = new Map<Node, Candidate>(selectKernels(graph, backend));
  for (const node of graph.nodes) {
    const index = Number(/#([0-9]+)$/.exec(node.name)?.[1] ?? NaN);
    const candidates = considerKernels(graph, node, backend).flatMap((one) => one.candidates);
    const candidate = candidates[index];
    if (candidate !== undefined) selection.set(node, candidate);
  }
  return selection;
}

const EPILOGUES: Readonly<Record<string, readonly EpilogueStep[]>> = {
  plain: [],
  residual: [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }],
  silu: [{ kind: 'bias', operand: 2 }, { kind: 'silu' }],
};

const cases = new CaseGraph('tiles');
for (let index = 0; index < MOST; index++) {
  for (const [name, epilogue] of Object.entries(EPILOGUES)) {
    const residual = name === 'residual';
    const operands = (result: readonly number[], channels: number) => [
      ...(epilogue.length > 0 ? [cases.constant([channels])] : []),
      ...(residual ? [cases.input(result)] : []),
    ];
    // 19 output channels leave a remainder for every T; 77 positions one for every L and VLEN.
    for (const [kernel, k, pad] of [
      ['1x1', 1, 0],
      ['3x3', 3, 1],
    ] as const) {
      const label = `${kernel} ${name} #${index}`;
      const inputs = [cases.input([1, 6, 7, 11]), cases.constant([19, 6, k, k]), ...operands([1, 19, 7, 11], 19)];
      const attrs = { strides: [1, 1], dilations: [1, 1], pads: [pad, pad, pad, pad], groups: 1, epilogue } as const;
      cases.case(label, cases.builder.apply(conv2d, inputs, attrs, { name: label }));
    }
    addPrologue(cases, `1x1 prologue ${name} #${index}`, { x: [1, 6, 7, 11], co: 19, prologue: NORMALISE, epilogue });
    const label = `matmul ${name} #${index}`;
    const inputs = [cases.input([9, 13]), cases.constant([13, 75]), ...operands([9, 75], 75)];
    cases.case(label, cases.builder.apply(matmul, inputs, { transA: false, transB: false, epilogue }, { name: label }));
    // One position, few and many, and tiles of one vector and of several: each kernel of pruned layers is offered somewhere.
    for (const [rows, tileRows, kept] of [
      [1, 64, 20],
      [9, 7, 71],
      [9, 64, 20],
      [43, 14, 60],
    ] as const) {
      const pruned = `pruned linear ${rows} ${tileRows} ${name} #${index}`;
      const weight = cases.pruned([75, 150], { tileRows, kept });
      const fed = [cases.input([rows, 150]), weight, ...operands([rows, 75], 75)];
      cases.case(pruned, cases.builder.apply(matmul, fed, { transA: false, transB: true, epilogue }, { name: pruned }));
    }
  }
}

checkCases('every tile of every product kernel', cases, { select: selectByName });
