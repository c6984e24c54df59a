import { floats, graph, ints, node, onnxFile, truth } from './onnx-file.mjs';

/** Small ONNX files that use every part of the format the importer reads, and most kinds of operators. */
export function onnxModels() {
  return [
    ...[convolutions(), windows(), residual(), attention(), perceptron(), shapeChain(), moving(), reducing()],
    ...[elementwise(), logic(), constants(), branches(), functions(), typedData(), externalData(), openShapes()],
  ].map(onnxFile);
}

function convolutions() {
  return {
    inputs: { x: [1, 3, 9, 9] },
    tensors: [floats('w', [4, 3, 3, 3]), floats('b', [4]), floats('d', [4, 1, 3, 3]), floats('s', [4])],
    nodes: [
      node('Conv', ['x', 'w', 'b'], ['c'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
      node('BatchNormalization', ['c', 's', 's', 's', 's'], ['n'], { epsilon: { f: 1e-5 } }),
      node('Relu', ['n'], ['r']),
      node('Conv', ['r', 'd'], ['y'], { group: 4, dilations: [2, 2], auto_pad: 'SAME_UPPER' }),
    ],
    outputs: ['y'],
  };
}

function windows() {
  return {
    inputs: { x: [1, 2, 8, 8] },
    nodes: [
      node('MaxPool', ['x'], ['m'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
      node('AveragePool', ['m'], ['a'], { kernel_shape: [2, 2], pads: [0, 0, 1, 1], count_include_pad: 1 }),
      node('GlobalAveragePool', ['a'], ['g']),
      node('Flatten', ['g'], ['f'], { axis: 1 }),
      node('Softmax', ['f'], ['y'], { axis: -1 }),
    ],
    outputs: ['y', 'a'],
  };
}

function residual() {
  return {
    inputs: { x: [2, 4, 5, 5] },
    tensors: [floats('w', [4, 4, 1, 1])],
    nodes: [
      node('Conv', ['x', 'w'], ['c']),
      node('Add', ['c', 'x'], ['s']),
      node('Clip', ['s', '', ''], ['l']),
      node('Concat', ['l', 'x'], ['k'], { axis: 1 }),
      node('HardSigmoid', ['k'], ['y'], { alpha: { f: 0.1 } }),
    ],
    outputs: ['y', 'l'],
  };
}

function attention() {
  return {
    inputs: { x: [1, 6, 8] },
    tensors: [floats('w', [8, 8]), floats('s', []), ints('h', 1, 6, 2, 4), ints('j', 0, 0, -1)],
    nodes: [
      node('MatMul', ['x', 'w'], ['q']),
      node('Reshape', ['q', 'h'], ['qh']),
      node('Transpose', ['qh'], ['a'], { perm: [0, 2, 1, 3] }),
      node('Transpose', ['qh'], ['b'], { perm: [0, 2, 3, 1] }),
      node('MatMul', ['a', 'b'], ['p']),
      node('Div', ['p', 's'], ['ps']),
      node('Softmax', ['ps'], ['pp'], { axis: 3 }),
      node('MatMul', ['pp', 'a'], ['o']),
      node('Transpose', ['o'], ['t'], { perm: [0, 2, 1, 3] }),
      node('Reshape', ['t', 'j'], ['y']),
    ],
    outputs: ['y'],
  };
}

function perceptron() {
  return {
    inputs: { x: [3, 5] },
    tensors: [floats('w', [7, 5]), floats('b', [7])],
    nodes: [
      node('Gemm', ['x', 'w', 'b'], ['g'], { transB: 1, alpha: { f: 0.5 }, beta: { f: 2 } }),
      node('Gelu', ['g'], ['e'], { approximate: 'tanh' }),
      node('LeakyRelu', ['e'], ['y'], { alpha: { f: 0.2 } }),
    ],
    outputs: ['y'],
    opset: 20,
  };
}

function shapeChain() {
  return {
    inputs: { x: [2, 3, 4] },
    tensors: [ints('two', 2), ints('minus', -1), ints('zero', 0)],
    nodes: [
      node('Shape', ['x'], ['s'], { start: 0 }),
      node('Gather', ['s', 'zero'], ['n'], { axis: 0 }),
      node('Mul', ['n', 'two'], ['m']),
      node('Concat', ['m', 'minus'], ['t'], { axis: 0 }),
      node('Reshape', ['x', 't'], ['y'], { allowzero: 0 }),
      node('ConstantOfShape', ['t2'], ['c']),
      node('Slice', ['s', 'zero', 'two'], ['t2']),
      node('Expand', ['y', 'e'], ['z']),
      node('Size', ['x'], ['u']),
      node('Unsqueeze', ['u', 'zero'], ['v']),
      node('Concat', ['two', 'two', 'two'], ['e0'], { axis: 0 }),
      node('Mul', ['e0', 'two'], ['e1']),
      node('Where', ['k', 'e1', 'e1'], ['e2']),
      node('Equal', ['e1', 'e1'], ['k']),
      node('Concat', ['minus', 'm', 'minus'], ['e3'], { axis: 0 }),
      node('Max', ['e2', 'e3'], ['e4']),
      node('ReduceProd', ['e4'], ['e5'], { keepdims: 1 }),
      node('Div', ['e5', 'e5'], ['e']),
    ],
    outputs: ['y', 'z', 'v', 'c'],
  };
}

function moving() {
  return {
    inputs: { x: [1, 4, 6, 6] },
    tensors: [
      ints('i', 3, 0, -1),
      ints('a', 1),
      ints('b', -1),
      ints('p', 0, 0, 1, 1, 0, 0, 2, 2),
      ints('r', 1, 1, 2, 2),
    ],
    nodes: [
      node('Gather', ['x', 'i'], ['g'], { axis: 1 }),
      node('Slice', ['g', 'a', 'b', 'a', 'a'], ['s']),
      node('Pad', ['x', 'p'], ['d'], { mode: 'reflect' }),
      node('Split', ['d'], ['u', 'v'], { axis: 1 }),
      node('Squeeze', ['x', 'z'], ['q']),
      node('Constant', [], ['z'], { value_ints: [0] }),
      node('Tile', ['q1', 'r'], ['t']),
      node('Unsqueeze', ['q', 'z'], ['q1']),
      node('DepthToSpace', ['x'], ['w'], { blocksize: 2, mode: 'CRD' }),
      node('Transpose', ['s'], ['y']),
    ],
    outputs: ['y', 'u', 'v', 'q', 'q1'],
  };
}

function reducing() {
  return {
    inputs: { x: [2, 3, 4] },
    tensors: [ints('a', -1, 0), floats('s', [4])],
    nodes: [
      node('ReduceMean', ['x'], ['m'], { axes: [1, -1], keepdims: 1 }),
      node('ReduceSum', ['x', 'a'], ['n'], { keepdims: 0, noop_with_empty_axes: 0 }),
      node('ReduceMax', ['x'], ['o'], { axes: [0], keepdims: 0 }),
      node('LayerNormalization', ['x', 's', 's'], ['l'], { axis: -1, epsilon: { f: 1e-5 } }),
      node('ArgMax', ['x'], ['i'], { axis: 1 }),
      node('Sub', ['x', 'm'], ['y']),
    ],
    outputs: ['y', 'n', 'o'],
  };
}

function elementwise() {
  const chain = [
    'Exp',
    'Neg',
    'Sigmoid',
    'Tanh',
    'Erf',
    'Abs',
    'Sqrt',
    'Log',
    'HardSwish',
    'Softplus',
    'Floor',
    'Sign',
  ];
  return {
    inputs: { v0: [5, 1, 3], z: [2, 3] },
    tensors: [floats('c', [3]), floats('e', [])],
    nodes: [
      ...chain.map((type, index) => node(type, [`v${index}`], [`v${index + 1}`])),
      node('Mul', [`v${chain.length}`, 'z'], ['b']),
      node('Pow', ['b', 'e'], ['p']),
      node('PRelu', ['p', 'c'], ['q']),
      node('Min', ['q', 'c', 'z'], ['y']),
      node('Dropout', ['y'], ['d', '']),
      node('Identity', ['d'], ['o']),
    ],
    outputs: ['o', 'v3'],
  };
}

function logic() {
  return {
    inputs: { x: [2, 3], z: [3] },
    nodes: [
      node('Less', ['x', 'z'], ['l']),
      node('Not', ['l'], ['n']),
      node('Where', ['n', 'x', 'z'], ['w']),
      node('Cast', ['l'], ['c'], { to: 1 }),
      node('Add', ['w', 'c'], ['y']),
      node('Cast', ['x'], ['k'], { to: 6 }),
      node('Mod', ['k', 'k'], ['o']),
    ],
    outputs: ['y', 'n', 'o'],
  };
}

function constants() {
  return {
    inputs: { x: [2] },
    nodes: [
      node('Constant', [], ['a'], { value: { t: floats('', [2]) } }),
      node('Constant', [], ['b'], { value_float: { f: 2 } }),
      node('Constant', [], ['c'], { value_floats: { floats: [1, 2] } }),
      node('Sum', ['x', 'a', 'b', 'c', 's'], ['y']),
    ],
    sparse: [{ values: floats('s', [1]), indices: ints('', 1), dims: [2] }],
    // Outputs that are an input, a constant, and one value twice.
    outputs: ['y', 'x', 'c'],
  };
}

function branches() {
  const branch = (type) => graph({ nodes: [node(type, ['x'], ['r'])], outputs: ['r'] });
  const then = graph({
    nodes: [node('If', ['no'], ['t'], { then_branch: { g: branch('Tan') }, else_branch: { g: branch('Relu') } })],
    outputs: ['t'],
  });
  return {
    inputs: { x: [2, 2] },
    tensors: [truth('yes', true), truth('no', false)],
    nodes: [node('If', ['yes'], ['y'], { then_branch: { g: then }, else_branch: { g: branch('Neg') } })],
    outputs: ['y'],
  };
}

function functions() {
  const call = (type, input, output, attributes) => node(type, input, output, attributes, { domain: 'local' });
  const body = (name, nodes, more = {}) => ({
    ...{ name, domain: 'local', input: ['a', 'b'], output: ['r'], node: nodes },
    ...{ opset_import: [{ domain: '', version: 17 }], ...more },
  });
  return {
    inputs: { x: [3, 2] },
    functions: [
      body('Inner', [node('Add', ['a', 'b'], ['s']), node('Elu', ['s'], ['r'], { alpha: { ref_attr_name: 'k' } })], {
        attribute: ['k'],
      }),
      body('Outer', [call('Inner', ['a', 'a'], ['i'], { k: { f: 0.5 } }), node('Mul', ['i', 'b'], ['r'])]),
    ],
    nodes: [call('Outer', ['x', 'x'], ['o']), call('Inner', ['o', 'x'], ['y'], { k: { f: 2 } })],
    outputs: ['y'],
  };
}

function typedData() {
  return {
    inputs: { x: [2, 2] },
    tensors: [
      { name: 'f', dims: [2, 2], data_type: 1, float_data: [1, 2, 3, 4] },
      { name: 'd', dims: [2], data_type: 11, double_data: [1, 2] },
      { name: 'i', dims: [2], data_type: 6, int32_data: [0, 1] },
      { name: 'h', dims: [2], data_type: 10, int32_data: [0x3c00, 0x4000] },
      { name: 'u', dims: [1], data_type: 13, uint64_data: [1] },
    ],
    nodes: [
      node('Add', ['x', 'f'], ['a']),
      node('Gather', ['a', 'i'], ['y'], { axis: 1 }),
      node('Cast', ['d'], ['e'], { to: 1 }),
      node('Mul', ['y', 'e'], ['z']),
    ],
    outputs: ['z'],
    opset: 13,
  };
}

function externalData() {
  const location = [
    { key: 'location', value: 'weights.bin' },
    { key: 'offset', value: '16' },
    { key: 'length', value: '24' },
  ];
  return {
    inputs: { x: [2, 3] },
    tensors: [{ name: 'w', dims: [2, 3], data_type: 1, data_location: 1, external_data: location }],
    nodes: [node('Add', ['x', 'w'], ['y'])],
    outputs: ['y'],
  };
}

function openShapes() {
  return {
    inputs: { open: ['N', 3, 'H', 'W'], k: [1] },
    tensors: [floats('w', [2, 3, 1, 1])],
    nodes: [node('Conv', ['open', 'w'], ['c']), node('Mul', ['c', 'k'], ['y'])],
    outputs: ['y'],
  };
}
