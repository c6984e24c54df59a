import { floats, ints, node, onnxFile } from './onnx-file.mjs';

/** Small ONNX files of the operators that come with many attributes of their own. */
export function operatorModels() {
  return [windows(), norms(), lines(), places(), writes(), pictures(), generators(), products()].map(onnxFile);
}

function windows() {
  return {
    inputs: { x: [1, 4, 7, 7], s: [1, 4, 9] },
    tensors: [floats('w', [4, 2, 3, 3]), floats('b', [4]), floats('v', [2, 4, 3])],
    nodes: [
      node('ConvTranspose', ['x', 'w', 'b'], ['t'], {
        group: 2,
        strides: [2, 2],
        output_padding: [1, 0],
        pads: [1, 0, 1, 1],
      }),
      node('Conv', ['s', 'v'], ['c'], { kernel_shape: [3], pads: [1, 1], dilations: [2] }),
      node('MaxPool', ['x'], ['m', 'i'], { kernel_shape: [2, 2], dilations: [2, 1], storage_order: 0 }),
      node('LpPool', ['x'], ['l'], { kernel_shape: [3, 3], p: 2, strides: [2, 1] }),
      node('AveragePool', ['s'], ['a'], { kernel_shape: [3], ceil_mode: 1, strides: [2] }),
      node('GlobalLpPool', ['x'], ['g'], { p: 3 }),
    ],
    outputs: ['t', 'c', 'm', 'i', 'l', 'a', 'g'],
    opset: 22,
  };
}

function norms() {
  return {
    inputs: { x: [2, 4, 3, 5] },
    tensors: [floats('s', [4]), floats('t', [5])],
    nodes: [
      node('InstanceNormalization', ['x', 's', 's'], ['i'], { epsilon: { f: 1e-4 } }),
      node('GroupNormalization', ['i', 's', 's'], ['g'], { num_groups: 2 }),
      node('LayerNormalization', ['g', 't', 't'], ['l', 'm', 'v'], { axis: -1 }),
      node('LRN', ['l'], ['r'], { size: 3, alpha: { f: 0.1 }, beta: { f: 0.7 }, bias: { f: 2 } }),
      node('LpNormalization', ['r'], ['n'], { axis: 1, p: 1 }),
      node('MeanVarianceNormalization', ['n'], ['y'], { axes: [0, 2, 3] }),
    ],
    outputs: ['y', 'm', 'v'],
    opset: 21,
  };
}

function lines() {
  return {
    inputs: { x: [2, 5, 3] },
    tensors: [ints('k', 2), { ...ints('a', 1), dims: [] }, ints('axes', 0, 2)],
    nodes: [
      node('TopK', ['x', 'k'], ['t', 'p'], { axis: 1, largest: 0, sorted: 1 }),
      node('ArgMin', ['x'], ['m'], { axis: -1, keepdims: 0, select_last_index: 1 }),
      node('CumSum', ['x', 'a'], ['c'], { exclusive: 1, reverse: 1 }),
      node('LogSoftmax', ['x'], ['l'], { axis: 0 }),
      node('Hardmax', ['x'], ['h'], { axis: 1 }),
      node('ReduceLogSumExp', ['x', 'axes'], ['e'], { keepdims: 0 }),
      node('ReduceL2', ['x', 'axes'], ['n'], { noop_with_empty_axes: 1 }),
    ],
    outputs: ['t', 'p', 'm', 'c', 'l', 'h', 'e', 'n'],
    opset: 18,
  };
}

function places() {
  return {
    inputs: { x: [3, 4, 2] },
    tensors: [
      { ...ints('i', 0, 1, -1, 2), dims: [2, 2] },
      { ...ints('e', 0, 1, 2, 0), dims: [1, 2, 2] },
      { ...ints('h', 1, 3, 0), dims: [3] },
      { ...ints('d', 4), dims: [] },
      { ...floats('v', [2]) },
    ],
    nodes: [
      node('GatherND', ['x', 'i'], ['g'], { batch_dims: 0 }),
      node('GatherElements', ['x', 'e'], ['n'], { axis: 0 }),
      node('OneHot', ['h', 'd', 'v'], ['o'], { axis: -1 }),
      node('Trilu', ['o'], ['t'], { upper: 0 }),
      node('Add', ['t', 'o'], ['y']),
    ],
    outputs: ['g', 'n', 'y'],
  };
}

function writes() {
  return {
    inputs: { x: [4, 3] },
    tensors: [
      { ...ints('i', 3, 0), dims: [2, 1] },
      { ...ints('e', 1, 0, 2), dims: [1, 3] },
      floats('u', [2, 3]),
      floats('v', [1, 3]),
    ],
    nodes: [
      node('ScatterND', ['x', 'i', 'u'], ['n'], { reduction: 'add' }),
      node('ScatterElements', ['n', 'e', 'v'], ['y'], { axis: 0, reduction: 'max' }),
    ],
    outputs: ['y'],
    opset: 18,
  };
}

function pictures() {
  return {
    inputs: { x: [1, 4, 3, 5] },
    tensors: [
      { name: 'scales', dims: [4], data_type: 1, float_data: [1, 1, 2, 1.5] },
      ints('sizes', 1, 4, 6, 4),
      ints('tiles', 1, 1, 2, 3),
      { name: 'roi', dims: [8], data_type: 1, float_data: [0, 0, 0.1, 0.2, 1, 1, 0.9, 0.8] },
    ],
    nodes: [
      node('Resize', ['x', '', 'scales'], ['a'], { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
      node('Resize', ['x', '', '', 'sizes'], ['b'], { mode: 'cubic', cubic_coeff_a: { f: -0.5 }, exclude_outside: 1 }),
      node('Resize', ['x', 'roi', 'scales'], ['c'], {
        coordinate_transformation_mode: 'tf_crop_and_resize',
        mode: 'linear',
      }),
      node('SpaceToDepth', ['b'], ['d'], { blocksize: 2 }),
      node('DepthToSpace', ['d'], ['e'], { blocksize: 2, mode: 'CRD' }),
      node('Tile', ['e', 'tiles'], ['y']),
    ],
    outputs: ['a', 'c', 'y'],
  };
}

function generators() {
  return {
    inputs: { x: [3, 3] },
    tensors: [0, 3, 1].map((value, index) => ({ ...ints(`r${index}`, value), dims: [] })),
    nodes: [
      node('EyeLike', ['x'], ['e'], { k: 1, dtype: 1 }),
      node('Range', ['r0', 'r1', 'r2'], ['r']),
      node('Cast', ['r'], ['f'], { to: 1 }),
      node('Add', ['e', 'f'], ['y']),
    ],
    outputs: ['y'],
  };
}

function products() {
  return {
    inputs: { x: [2, 3, 4], z: [4, 5] },
    nodes: [
      node('Einsum', ['x', 'z'], ['a'], { equation: 'bij,jk->bik' }),
      node('Einsum', ['a'], ['b'], { equation: '...ij->...ji' }),
      node('MatMul', ['x', 'z'], ['c']),
      node('Sub', ['a', 'c'], ['y']),
    ],
    outputs: ['y', 'b'],
  };
}
