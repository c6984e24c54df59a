import { compileGraph, lower, type Backend } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { interpret, typeAt } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { describe, expect, test } from 'vitest';
import { randomInputs, relativeError } from '../../../tools/testing/tensors.js';
import { caseModel, emptyShapes, OP_CASES } from '../../ir/tests/onnx-cases/index.js';
import { encodeModel } from '../../ir/tests/onnx-model.js';

const source = { model: 'case', sha256: '', shapes: {} };
const backend: Backend = rvvBackend();

describe('every case of an ONNX operator', () => {
  test.each(Object.entries(OP_CASES))('compiles, and means the same when it is lowered: %s', (_, one) => {
    const graph = importOnnx(encodeModel(caseModel(one)), { shapes: emptyShapes(one) });
    expect(compileGraph(graph, backend, { name: 'net', source, embed: false }).bundle.size).toBeGreaterThan(0);
    const inputs = randomInputs(graph);
    const [before, after] = [interpret(graph, inputs), interpret(lower(graph, backend), inputs)];
    for (const { name, value } of graph.outputs) {
      expect(after.get(name)?.dtype).toBe(typeAt(graph, value).dtype);
      expect(relativeError(after.get(name), before.get(name))).toBeLessThan(one.tolerance ?? 2e-6);
    }
  });
});
