import { fromNumbers, interpret, multiplyAddsOf, typeAt, valueAt } from '@ait-rvv/ir';
import { CONVERTERS, exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { describe, expect, test } from 'vitest';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { randomInputs, randomTensor, relativeError } from '../../../tools/testing/tensors.js';
import { caseModel, emptyShapes, OP_CASES } from './onnx-cases/index.js';
import { encodeModel, filled, ints } from './onnx-model.js';

describe('ONNX operators agree with ONNX Runtime', () => {
  test.each(Object.entries(OP_CASES))('%s', async (_, one) => {
    const untyped = caseModel(one);
    const graph = importOnnx(encodeModel(untyped), { shapes: emptyShapes(one) });
    const types = graph.outputs.map(({ name, value }) => [name, typeAt(graph, value).dtype] as const);
    // ONNX Runtime refuses a model whose declared results are of other types than it infers.
    const bytes = encodeModel({ ...untyped, types: { ...untyped.types, ...Object.fromEntries(types) } });
    const inputs = randomInputs(graph);
    const [ours, theirs] = [interpret(graph, inputs), await runOnnxRuntime(bytes, inputs)];
    // What we write ONNX Runtime must read the same way.
    const written = await runOnnxRuntime(exportOnnx(graph), inputs);
    for (const { name } of graph.outputs) {
      expect(relativeError(ours.get(name), theirs.get(name))).toBeLessThan(one.tolerance ?? 1e-6);
      expect(relativeError(written.get(name), theirs.get(name))).toBeLessThan(2 * (one.tolerance ?? 1e-6));
    }
  });

  test('every operator that is read has a case here', () => {
    const tested = new Set(Object.values(OP_CASES).map((one) => one.type));
    // Its tests are in graph-forms.
    expect(Object.keys(CONVERTERS).filter((type) => !tested.has(type))).toEqual(['If']);
  });
});

test('a strided ConvTranspose multiplies what is there, not zeros between it', () => {
  const graph = importOnnx(
    encodeModel({
      inputs: { x: [1, 4, 8, 8] },
      initializers: { w: randomTensor([4, 3, 4, 4], 1) },
      nodes: [{ type: 'ConvTranspose', inputs: ['x', 'w'], outputs: ['y'], attributes: { strides: [2, 2] } }],
      outputs: ['y'],
    }),
  );
  const work = graph.nodes.reduce((sum, node) => sum + multiplyAddsOf(graph, node), 0);
  // Every element of x meets all taps; those at the border some taps in vain.
  expect(work).toBe(9 * 9 * 4 * 3 * 4 * 4);
});

test('a shape computed from a shape', async () => {
  const bytes = encodeModel({
    inputs: { x: ['batch', 3, 4] },
    initializers: { zero: fromNumbers('i64', [], [0]), rest: ints(-1), axis: ints(0) },
    nodes: [
      { type: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { type: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'] },
      { type: 'Unsqueeze', inputs: ['n', 'axis'], outputs: ['n1'] },
      { type: 'Concat', inputs: ['n1', 'rest'], outputs: ['target'], attributes: { axis: 0 } },
      { type: 'Reshape', inputs: ['x', 'target'], outputs: ['y'] },
    ],
    outputs: ['y'],
  });
  const graph = importOnnx(bytes, { shapes: new Map([['x', [2, 3, 4]]]) });
  expect(graph.nodes.map((node) => node.op.kind)).toEqual(['reshape']);
  expect(typeAt(graph, graph.outputs[0]?.value ?? -1).shape).toEqual([2, 12]);
  expect(valueAt(graph, graph.outputs[0]?.value ?? -1).name).toBe('y');
  const inputs = randomInputs(graph);
  const theirs = await runOnnxRuntime(bytes, inputs);
  expect(relativeError(interpret(graph, inputs).get('y'), theirs.get('y'))).toBe(0);
});

test('layers keep their names, however the nodes beside them are called', () => {
  const graph = importOnnx(
    encodeModel({
      inputs: { x: [1, 3, 8, 8] },
      initializers: { w: filled([4, 3, 3, 3], 0.5), b: filled([4], 0.25) },
      nodes: [
        { type: 'Conv', name: 'stem', inputs: ['x', 'w', 'b'], outputs: ['y.linear'] },
        { type: 'Relu', name: 'y', inputs: ['y.linear'], outputs: ['stem'] },
      ],
      outputs: ['stem'],
    }),
  );
  const again = importOnnx(exportOnnx(graph));
  const names = (kind: string) => again.nodes.filter(({ op }) => op.kind === kind).map(({ name }) => name);
  expect(names('conv2d')).toEqual(['stem']);
  expect(new Set(again.nodes.map(({ name }) => name)).size).toBe(again.nodes.length);
});
