import type { Graph, ValueId } from '../core/graph.js';
import {
  averagePool,
  batchNorm,
  concat,
  conv2d,
  flatten,
  globalAveragePool,
  linear,
  maxPool,
  ModelScope,
  relu,
} from '../nn/index.js';
import type { ZooOptions } from './options.js';

const GROWTH = 32;
const BLOCKS = [6, 12, 24, 16] as const;

/** DenseNet-121 (Huang et al., 2017): every layer reads the concatenation of all results of its block so far. */
export function densenet121({ size, batch, seed, classes }: ZooOptions): Graph {
  const scope = ModelScope.create('densenet121', seed);
  const features = scope.child('features');
  let x = scope.input('input', [batch, 3, size, size]);
  x = conv2d(features, 'conv0', x, 64, { kernel: 7, stride: 2, padding: 3 });
  x = relu(features, 'relu0', batchNorm(features, 'norm0', x));
  x = maxPool(features, 'pool0', x, { kernel: 3, stride: 2, padding: 1 });
  BLOCKS.forEach((layers, index) => {
    x = denseBlock(features.child(`denseblock${index + 1}`), x, layers);
    if (index < BLOCKS.length - 1) x = transition(features.child(`transition${index + 1}`), x);
  });
  x = relu(scope, 'relu', batchNorm(features, 'norm5', x));
  x = flatten(scope, 'flatten', globalAveragePool(scope, 'avgpool', x));
  return scope.finish('output', linear(scope, 'classifier', x, classes));
}

function denseBlock(scope: ModelScope, x: ValueId, layers: number): ValueId {
  const results = [x];
  for (let i = 1; i <= layers; i++) {
    const layer = scope.child(`denselayer${i}`);
    let y = results.length === 1 ? x : concat(layer, 'concat', results);
    y = relu(layer, 'relu1', batchNorm(layer, 'norm1', y));
    y = conv2d(layer, 'conv1', y, 4 * GROWTH, { kernel: 1 });
    y = relu(layer, 'relu2', batchNorm(layer, 'norm2', y));
    results.push(conv2d(layer, 'conv2', y, GROWTH, { kernel: 3, padding: 1 }));
  }
  return concat(scope, 'concat', results);
}

function transition(scope: ModelScope, x: ValueId): ValueId {
  const y = relu(scope, 'relu', batchNorm(scope, 'norm', x));
  const half = conv2d(scope, 'conv', y, (scope.shape(x)[1] ?? 2) / 2, { kernel: 1 });
  return averagePool(scope, 'pool', half, { kernel: 2 });
}
