import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { interpret } from '@ait-rvv/ir';
import { expect } from 'vitest';
import type { CaseGraph } from '../../../tools/testing/cases/case-graph.js';
import {
  convolutionEpilogues,
  convolutionWindows,
  depthwiseWindows,
} from '../../../tools/testing/cases/convolution.js';
import { elementwiseChains } from '../../../tools/testing/cases/elementwise.js';
import { failures } from '../../../tools/testing/cases/failures.js';
import { moves } from '../../../tools/testing/cases/moves.js';
import { matrixProducts } from '../../../tools/testing/cases/products.js';
import { lines, pools } from '../../../tools/testing/cases/windows-and-lines.js';
import { buildFolder, emitGraph, execute, type Variant } from '../../../tools/testing/programs.js';
import { randomInputs } from '../../../tools/testing/tensors.js';
import { joins } from './joins.js';

/** Graphs of many cases each, and the largest difference as a part of the largest magnitude. */
export const GRAPHS: Readonly<Record<string, readonly [cases: CaseGraph, tolerance: number]>> = {
  'convolution windows': [convolutionWindows, 2e-6],
  'depthwise windows': [depthwiseWindows, 2e-6],
  'convolution epilogues': [convolutionEpilogues, 4e-6],
  elementwise: [elementwiseChains, 4e-6],
  moves: [moves, 1e-6],
  products: [matrixProducts, 4e-6],
  pools: [pools, 2e-6],
  lines: [lines, 4e-6],
  joins: [joins, 2e-6],
};

export interface CaseRun {
  readonly device: string;
  readonly threads: number;
}

/** Compiles a graph once, runs it everywhere and compares every case with the interpreter. */
export async function checkGraph(title: string, runs: readonly CaseRun[], variant: Variant): Promise<void> {
  const [cases, tolerance] = GRAPHS[title] ?? [joins, 0];
  const graph = cases.build();
  const inputs = randomInputs(graph);
  const expected = interpret(graph, inputs);
  const backend = xnnpackBackend();
  const folder = emitGraph(graph, { ...variant, backend });
  await buildFolder(folder, { ...variant, backend });
  for (const { device, threads } of runs) {
    const { outputs } = await execute(folder, device, inputs, threads);
    expect({ device, failures: failures(cases.names, outputs, expected, tolerance) }).toEqual({ device, failures: [] });
  }
}
