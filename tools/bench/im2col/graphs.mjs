import { concat, pad, slice } from '@ait-rvv/ir';
import { conv2d, ModelScope, relu } from '@ait-rvv/ir/nn';

const KERNEL = 3;

/** Behind a 1x1 layer, so that the picture lies in memory as the networks' layers leave it. */
function begin(name, { channels, size }) {
  const scope = ModelScope.create(name, 0);
  const x = scope.input('x', [1, channels, size, size]);
  return { scope, before: conv2d(scope, 'before', x, channels, { kernel: 1 }) };
}

/** A network of 3x3 layers of few channels on small pictures, as many as there are `layers`. */
export function narrowGraph({ channels, size, layers }) {
  const scope = ModelScope.create('narrow', 0);
  let x = scope.input('image', [1, 3, size, size]);
  for (let index = 0; index < layers; index++) {
    x = relu(scope, `relu${index}`, conv2d(scope, `conv${index}`, x, channels, { kernel: KERNEL, padding: 1 }));
  }
  return scope.finish('y', x);
}

/** The layer as the compiler takes it: windows are packed inside the tasks that consume them. */
export function fusedGraph(layer) {
  const { scope, before } = begin('fused', layer);
  const y = conv2d(scope, 'product', before, layer.channels, { kernel: KERNEL, stride: layer.stride, padding: 1 });
  return scope.finish('y', y);
}

/** The same in two passes: the matrix of all windows is written to memory, and a 1x1 layer multiplies it. */
export function separateGraph(layer) {
  const { scope, before } = begin('separate', layer);
  const padded = scope.builder.apply(
    pad,
    [before],
    { mode: 'constant', before: [0, 0, 1, 1], after: [0, 0, 1, 1], value: 0 },
    { name: 'im2col.pad' },
  );
  const matrix = scope.builder.apply(concat, windows(scope, padded, layer), { axis: 1 }, { name: 'im2col.join' });
  return scope.finish('y', conv2d(scope, 'product', matrix, layer.channels, { kernel: 1 }));
}

/** The second pass alone, over a matrix that lies in blocks of positions, as a layer of ours would have written it. */
export function blockedGraph({ channels, size, stride }) {
  const scope = ModelScope.create('blocked', 0);
  const x = scope.input('x', [1, 1, size / stride, size / stride]);
  const matrix = conv2d(scope, 'before', x, channels * KERNEL * KERNEL, { kernel: 1 });
  return scope.finish('y', conv2d(scope, 'product', matrix, channels, { kernel: 1 }));
}

/** Every place of the window as a picture of its own. */
function windows(scope, padded, { channels, size, stride }) {
  const places = Array.from({ length: KERNEL * KERNEL }, (_, place) => [Math.floor(place / KERNEL), place % KERNEL]);
  const lines = size / stride;
  return places.map(([row, column]) =>
    scope.builder.apply(
      slice,
      [padded],
      { starts: [0, 0, row, column], steps: [1, 1, stride, stride], sizes: [1, channels, lines, lines] },
      { name: `im2col.${row}.${column}` },
    ),
  );
}
