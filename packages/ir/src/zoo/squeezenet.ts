import type { Graph, ValueId } from '../core/graph.js';
import { concat, conv2d, flatten, globalAveragePool, maxPool, ModelScope, relu } from '../nn/index.js';
import type { ZooOptions } from './options.js';

/** Squeeze and expand channels of the fire modules of SqueezeNet 1.1, by their torchvision index; pools between them. */
const FIRES = [
  [3, 16, 64],
  [4, 16, 64],
  [6, 32, 128],
  [7, 32, 128],
  [9, 48, 192],
  [10, 48, 192],
  [11, 64, 256],
  [12, 64, 256],
] as const;

const POOL_BEFORE: ReadonlySet<number> = new Set([3, 6, 9]);

/** SqueezeNet 1.1 (Iandola et al., 2016; the 1.1 variant of its authors). */
export function squeezenet11({ size, batch, seed, classes }: ZooOptions): Graph {
  const scope = ModelScope.create('squeezenet1_1', seed);
  const features = scope.child('features');
  let x = scope.input('input', [batch, 3, size, size]);
  x = relu(features, '1', conv2d(features, '0', x, 64, { kernel: 3, stride: 2, bias: true }));
  for (const [index, squeeze, expand] of FIRES) {
    if (POOL_BEFORE.has(index)) x = maxPool(features, `${index - 1}`, x, { kernel: 3, stride: 2, ceil: true });
    x = fire(features.child(`${index}`), x, squeeze, expand);
  }
  const classifier = scope.child('classifier');
  x = relu(classifier, '2', conv2d(classifier, '1', x, classes, { kernel: 1, bias: true }));
  x = flatten(scope, 'flatten', globalAveragePool(classifier, '3', x));
  return scope.finish('output', x);
}

function fire(scope: ModelScope, x: ValueId, squeeze: number, expand: number): ValueId {
  const s = relu(scope, 'squeeze_activation', conv2d(scope, 'squeeze', x, squeeze, { kernel: 1, bias: true }));
  const one = conv2d(scope, 'expand1x1', s, expand, { kernel: 1, bias: true });
  const three = conv2d(scope, 'expand3x3', s, expand, { kernel: 3, padding: 1, bias: true });
  return concat(scope, 'concat', [
    relu(scope, 'expand1x1_activation', one),
    relu(scope, 'expand3x3_activation', three),
  ]);
}
