import { interpret, type Graph, type Tensor } from '@ait-rvv/ir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFolder, emitGraph, execute, VLENS, type Variant } from '../../../../tools/testing/programs.js';
import { failures } from '../../../../tools/testing/cases/failures.js';
import { randomInputs } from '../../../../tools/testing/tensors.js';
import type { CaseGraph } from './case-graph.js';

export interface CheckOptions extends Variant {
  /** Largest difference from the interpreter as a part of the largest magnitude. */
  readonly tolerance?: number;
  readonly inputs?: (graph: Graph) => ReadonlyMap<string, Tensor>;
}

/**
 * Compiles the cases for RVV and as scalar twins, runs them at every VLEN with tail and masked lanes poisoned and
 * with one to three threads, and compares each case with the interpreter, and the two programs with each other.
 */
export function checkCases(title: string, cases: CaseGraph, options: CheckOptions = {}): void {
  const tolerance = options.tolerance ?? 2e-6;
  const graph = cases.build();
  const inputs = (options.inputs ?? randomInputs)(graph);

  describe(title, () => {
    let expected: ReadonlyMap<string, Tensor>;
    let scalar: ReadonlyMap<string, Tensor>;
    let folder: string;

    beforeAll(async () => {
      expected = interpret(graph, inputs);
      const host = emitGraph(graph, options);
      await buildFolder(host, { ...options, scalar: true });
      scalar = (await execute(host, 'local', inputs)).outputs;
      folder = emitGraph(graph, options);
      await buildFolder(folder, options);
    });

    afterAll(() => expect(cases.names.length).toBeGreaterThan(0));

    test('scalar twins agree with the interpreter', () => {
      expect(failures(cases.names, scalar, expected, tolerance)).toEqual([]);
    });

    test.each(VLENS.map((vlen, index) => ({ vlen, threads: (index % 3) + 1 })))(
      'vector kernels agree at VLEN $vlen, $threads threads',
      async ({ vlen, threads }) => {
        const { outputs } = await execute(folder, `qemu:vlen=${vlen},poison=true`, inputs, threads);
        expect(failures(cases.names, outputs, expected, tolerance)).toEqual([]);
        expect(failures(cases.names, outputs, scalar, tolerance)).toEqual([]);
      },
    );
  });
}
