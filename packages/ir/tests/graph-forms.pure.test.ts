import {
  CompileError,
  eliminateDead,
  fromNumbers,
  interpret,
  tensorF32,
  toNumbers,
  valueAt,
  type Tensor,
} from '@ait-rvv/ir';
import { importOnnx, type ImportOptions } from '@ait-rvv/ir/onnx';
import { describe, expect, test } from 'vitest';
import { runOnnxRuntime } from '../../../tools/testing/onnx-runtime.mjs';
import { randomInputs, randomTensor, relativeError } from '../../../tools/testing/tensors.js';
import { onnx } from '../src/onnx/generated/schema.js';
import type { AttributeMessage, ModelMessage } from '../src/onnx/messages.js';
import { encodeModel, ints, type TestGraph, type TestModel, type TestNode } from './onnx-model.js';

const f = (value: number) => ({ float: value });
const truth = (value: boolean): Tensor => fromNumbers('bool', [], [Number(value)]);

/** The interpreter on what we import, against ONNX Runtime on the file. */
async function agree(model: TestModel, options: ImportOptions = {}): Promise<readonly string[]> {
  const bytes = encodeModel(model);
  const graph = importOnnx(bytes, options);
  const inputs = randomInputs(graph);
  const [ours, theirs] = [
    interpret(graph, inputs),
    await runOnnxRuntime(bytes, new Map([...inputs, ...(options.constants ?? [])])),
  ];
  for (const name of model.outputs) expect(relativeError(ours.get(name), theirs.get(name))).toBeLessThan(1e-6);
  return eliminateDead.run(graph).nodes.map((node) => node.op.kind);
}

function refusal(bytes: Uint8Array, options: ImportOptions = {}): string {
  try {
    importOnnx(bytes, options);
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

describe('If', () => {
  const relu: TestGraph = { nodes: [{ type: 'Relu', inputs: ['x'], outputs: ['r'] }], outputs: ['r'] };
  const scaled: TestGraph = {
    initializers: { two: tensorF32([], [2]) },
    nodes: [{ type: 'Mul', inputs: ['h', 'two'], outputs: ['r2'] }],
    outputs: ['r2'],
  };
  const choice = (condition: string): TestNode => ({
    type: 'If',
    inputs: [condition],
    outputs: ['y'],
    attributes: { then_branch: { graph: relu }, else_branch: { graph: scaled } },
  });
  const model: TestModel = {
    inputs: { x: [2, 3] },
    nodes: [{ type: 'Neg', inputs: ['x'], outputs: ['h'] }, choice('c')],
    outputs: ['y'],
  };

  test.each([true, false])('with the constant condition %s becomes one branch', async (value) => {
    const kinds = await agree({ ...model, initializers: { c: truth(value) } });
    // The negation is read by the other branch only.
    expect(kinds).toHaveLength(value ? 1 : 2);
  });

  test('whose branch reads a value made behind it in the file', async () => {
    const nodes = [choice('c'), ...model.nodes.slice(0, 1)];
    expect(refusal(encodeModel({ ...model, nodes, initializers: { c: truth(false) } }))).toBe('nothing is wrong');
    await agree({ ...model, initializers: { c: truth(false) } });
  });

  test('with an input as condition asks for --const', async () => {
    const open: TestModel = { ...model, inputs: { ...model.inputs, c: [] }, types: { c: 'bool' } };
    expect(refusal(encodeModel(open))).toBe(
      'AIT1005 If "y": input 0 must be a constant, and depends on "c". Bind it with --const c=FILE.npy.',
    );
    await agree(open, { constants: new Map([['c', truth(true)]]) });
  });

  test('what the branch left out cannot do is no obstacle', () => {
    const odd: TestGraph = { nodes: [{ type: 'Frobnicate', inputs: ['x'], outputs: ['r'] }], outputs: ['r'] };
    const node: TestNode = {
      type: 'If',
      inputs: ['c'],
      outputs: ['y'],
      attributes: { then_branch: { graph: relu }, else_branch: { graph: odd } },
    };
    const chosen = (value: boolean): Uint8Array =>
      encodeModel({ ...model, nodes: [node], initializers: { c: truth(value) } });
    expect(refusal(chosen(true))).toBe('nothing is wrong');
    expect(refusal(chosen(false))).toBe('AIT1005 Frobnicate "r": the operator is not supported.');
  });
});

describe('functions of the model', () => {
  const domain = 'my.ops';
  const scale = {
    domain,
    name: 'Scale',
    inputs: ['v', 'w'],
    outputs: ['s'],
    defaults: { slope: f(0.5) },
    nodes: [
      { type: 'LeakyRelu', name: 'leak', inputs: ['v'], outputs: ['t'], attributes: { alpha: { reference: 'slope' } } },
      { type: 'Clip', inputs: ['t', '', 'w'], outputs: ['s'] },
    ],
  };
  const twice = {
    domain,
    name: 'Twice',
    inputs: ['v'],
    outputs: ['b'],
    nodes: [
      { type: 'Scale', domain, name: 'one', inputs: ['v'], outputs: ['a'], attributes: { slope: f(0.25) } },
      { type: 'Scale', domain, name: 'two', inputs: ['a'], outputs: ['b'] },
    ],
  };
  const model: TestModel = {
    inputs: { x: [2, 3] },
    initializers: { top: tensorF32([], [0.5]) },
    functions: [scale, twice],
    nodes: [
      { type: 'Scale', domain, name: 'first', inputs: ['x', 'top'], outputs: ['h'], attributes: { slope: f(0.125) } },
      { type: 'Twice', domain, name: 'second', inputs: ['h'], outputs: ['y'] },
    ],
    outputs: ['y'],
  };

  test('are inlined, attributes and omitted inputs passed on', async () => {
    expect((await agree(model)).length).toBe(6);
    const graph = importOnnx(encodeModel(model));
    expect(graph.nodes.map((node) => node.name)).toContain('second/two/leak');
    expect(new Set(graph.nodes.map((node) => node.name)).size).toBe(6);
  });

  test('that call themselves are refused', () => {
    const loop = {
      domain,
      name: 'Twice',
      inputs: ['v'],
      outputs: ['b'],
      nodes: [{ type: 'Twice', domain, inputs: ['v'], outputs: ['b'] }],
    };
    expect(refusal(encodeModel({ ...model, functions: [scale, loop] }))).toBe(
      'AIT1002 the function "my.ops:Twice" calls itself.',
    );
  });

  test('that unfold without end are cut off', () => {
    const functions = Array.from({ length: 30 }, (_, level) => ({
      domain,
      name: `L${level}`,
      inputs: ['v'],
      outputs: ['b'],
      nodes:
        level === 0
          ? [{ type: 'Relu', inputs: ['v'], outputs: ['b'] }]
          : [
              { type: `L${level - 1}`, domain, inputs: ['v'], outputs: ['a'] },
              { type: `L${level - 1}`, domain, inputs: ['a'], outputs: ['b'] },
            ],
    }));
    const nodes = [{ type: 'L29', domain, inputs: ['x'], outputs: ['y'] }];
    expect(refusal(encodeModel({ inputs: { x: [1] }, functions, nodes, outputs: ['y'] }))).toBe(
      'AIT1007 the model has more than 20000 nodes once its functions are inlined. Allow more with --max-nodes.',
    );
  });

  test('given twice are refused', () => {
    expect(refusal(encodeModel({ ...model, functions: [scale, scale] }))).toBe(
      'AIT1002 the function "my.ops:Scale" is given twice.',
    );
  });

  test('what they cannot do is reported where it stands', () => {
    const odd = { ...scale, nodes: [{ type: 'Frobnicate', name: 'f', inputs: ['v'], outputs: ['s'] }] };
    expect(refusal(encodeModel({ ...model, functions: [odd, twice] }))).toBe(
      'AIT1005 Frobnicate "first/f": the operator is not supported.',
    );
  });
});

describe('graphs as they come', () => {
  const base: TestModel = { inputs: { x: [2, 3] }, nodes: [], outputs: ['y'] };

  test('nodes without names and with equal ones', () => {
    const bytes = encodeModel({
      ...base,
      nodes: [
        { type: 'Relu', name: 'same', inputs: ['x'], outputs: ['a'] },
        { type: 'Neg', name: 'same', inputs: ['a'], outputs: ['b'] },
        { type: 'Abs', inputs: ['b'], outputs: ['y'] },
      ],
    });
    expect(importOnnx(bytes).nodes.map((node) => node.name)).toEqual(['same', 'same_2', 'y']);
  });

  test('outputs that are inputs, constants, and one value twice', async () => {
    const c = randomTensor([3], 3);
    await agree({
      ...base,
      initializers: { c },
      nodes: [
        { type: 'Identity', inputs: ['x'], outputs: ['same'] },
        { type: 'Identity', inputs: ['c'], outputs: ['constant'] },
        { type: 'Relu', inputs: ['x'], outputs: ['y'] },
        { type: 'Identity', inputs: ['y'], outputs: ['again'] },
      ],
      outputs: ['same', 'constant', 'y', 'again'],
    });
    const graph = importOnnx(encodeModel({ ...base, initializers: { c }, outputs: ['x', 'c'] }));
    expect(graph.outputs.map(({ name, value }) => [name, valueAt(graph, value).name])).toEqual([
      ['x', 'x'],
      ['c', 'c'],
    ]);
  });

  test('what no output depends on is left out, whatever it is', async () => {
    const nodes = [
      { type: 'Relu', inputs: ['x'], outputs: ['y'] },
      { type: 'Frobnicate', inputs: ['y'], outputs: ['dead'] },
    ];
    const graph = importOnnx(encodeModel({ ...base, nodes }));
    expect(graph.nodes.map((node) => node.name)).toEqual(['y']);
    await agree({ ...base, nodes: nodes.slice(0, 1) });
  });

  test('everything that stands in the way is listed, behind other obstacles, too', () => {
    const bytes = encodeModel({
      ...base,
      nodes: [
        { type: 'Foo', inputs: ['x'], outputs: ['a'] },
        { type: 'Relu', inputs: ['a'], outputs: ['b'] },
        { type: 'Bar', inputs: ['b'], outputs: ['y'] },
      ],
    });
    expect(refusal(bytes)).toBe(
      'AIT1005 Foo "a": the operator is not supported.\nAIT1005 Bar "y": the operator is not supported.',
    );
  });

  test('sparse constants become dense', () => {
    const linear = {
      values: { name: 's', data_type: 1, dims: [2], float_data: [3, 4] },
      indices: { data_type: 7, dims: [2], int64_data: [1, 5] },
      dims: [2, 3],
    };
    const rows = {
      values: { data_type: 1, dims: [1], float_data: [7] },
      indices: { data_type: 7, dims: [1, 2], int64_data: [1, 0] },
      dims: [2, 3],
    };
    const attribute: Partial<AttributeMessage> = { name: 'sparse_value', type: 11, sparse_tensor: rows };
    const model: Partial<ModelMessage> = {
      ir_version: 8,
      opset_import: [{ version: 17 }],
      graph: {
        name: 'test',
        node: [
          { op_type: 'Constant', output: ['t'], attribute: [attribute] },
          { op_type: 'Add', input: ['s', 't'], output: ['y'] },
        ],
        initializer: [],
        sparse_initializer: [linear],
        input: [],
        output: [{ name: 'y' }],
      },
    };
    const graph = importOnnx(onnx.ModelProto.encode(model).finish());
    expect(toNumbers(interpret(graph, new Map()).get('y') ?? ints())).toEqual([0, 3, 0, 7, 0, 4]);
    const outside = { ...model, graph: { ...model.graph, sparse_initializer: [{ ...linear, dims: [2, 2] }] } };
    expect(refusal(onnx.ModelProto.encode(outside as ModelMessage).finish())).toBe(
      'AIT1002 sparse tensor "s": an index lies outside.',
    );
  });

  test('tensors without elements', async () => {
    await agree(
      {
        ...base,
        inputs: { x: [2, 0], z: [2, 3] },
        nodes: [
          { type: 'Relu', inputs: ['x'], outputs: ['r'] },
          { type: 'Concat', inputs: ['r', 'z'], outputs: ['y'], attributes: { axis: 1 } },
          { type: 'ReduceSum', inputs: ['x', 'axis'], outputs: ['sum'] },
        ],
        initializers: { axis: ints(1) },
        outputs: ['y', 'sum', 'r'],
      },
      { shapes: new Map([['x', [2, 0]]]) },
    );
  });

  test('no nodes, no inputs', () => {
    const graph = importOnnx(
      encodeModel({ inputs: {}, initializers: { c: tensorF32([], [4]) }, nodes: [], outputs: ['c'] }),
    );
    expect(interpret(graph, new Map()).get('c')?.data[0]).toBe(4);
  });

  test.each([
    [{ ...base, outputs: ['x', 'x'] }, 'AIT1002 output "x" is listed twice.'],
    [{ ...base, outputs: [] }, 'AIT1002 the model has no output.'],
    [{ ...base, inputs: { '': [1] }, outputs: ['x'] }, 'AIT1002 input 0 has no name.'],
    [
      { ...base, inputs: { 'a\0b': [1] }, outputs: ['x'] },
      'AIT1002 the name of input "a\\u0000b" holds a NUL character.',
    ],
    [{ ...base, inputs: { ['x'.repeat(2000)]: [1] } }, 'AIT1002 the name of input 0 is longer than 1000 characters.'],
    [
      { ...base, inputs: { x: [1, 1, 1, 1, 1, 1, 1, 1, 1] }, outputs: ['x'] },
      'AIT2104 tensor "x": has 9 axes, at most 8 are supported.',
    ],
    [
      { ...base, inputs: { x: [2 ** 40] }, outputs: ['x'] },
      'AIT3002 tensor "x": f32[1099511627776] has more than 2147483647 elements.',
    ],
  ] as const)('refusal %#', (model, message) => {
    expect(refusal(encodeModel(model))).toBe(message);
  });

  test('initializers given twice are refused', () => {
    const w = { name: 'w', data_type: 1, dims: [1], float_data: [1] };
    const graph = { name: 'g', node: [], initializer: [w, w], input: [], output: [{ name: 'w' }] };
    const bytes = onnx.ModelProto.encode({ ir_version: 8, opset_import: [{ version: 17 }], graph }).finish();
    expect(refusal(bytes)).toBe('AIT1002 initializer "w" is given twice.');
  });

  test('weights that are no numbers are warned of', () => {
    const warnings: string[] = [];
    const model = { ...base, initializers: { w: tensorF32([3], [NaN, 1, -Infinity]) } };
    const nodes = [{ type: 'Add', inputs: ['x', 'w'], outputs: ['y'] }];
    importOnnx(encodeModel({ ...model, nodes }), { warn: ({ code, message }) => warnings.push(`${code} ${message}`) });
    expect(warnings).toEqual(['AIT1101 constants hold NaN or infinity: "w" (2 of 3).']);
  });
});
