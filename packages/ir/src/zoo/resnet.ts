import type { Graph, ValueId } from '../core/graph.js';
import { add, batchNorm, conv2d, flatten, globalAveragePool, linear, maxPool, ModelScope, relu } from '../nn/index.js';
import type { ZooOptions } from './options.js';

/** γ of the last batch norm of a residual branch, so that 152 layers neither grow nor fade. */
const BRANCH_GAIN = 0.3;

interface Block {
  readonly expansion: number;
  branch(scope: ModelScope, x: ValueId, width: number, stride: number): ValueId;
}

const basic: Block = {
  expansion: 1,
  branch(scope, x, width, stride) {
    let y = conv2d(scope, 'conv1', x, width, { kernel: 3, stride, padding: 1 });
    y = relu(scope, 'relu1', batchNorm(scope, 'bn1', y));
    y = conv2d(scope, 'conv2', y, width, { kernel: 3, padding: 1 });
    return batchNorm(scope, 'bn2', y, BRANCH_GAIN);
  },
};

/** The stride sits in the 3x3 convolution, as in torchvision ("v1.5"). */
const bottleneck: Block = {
  expansion: 4,
  branch(scope, x, width, stride) {
    let y = conv2d(scope, 'conv1', x, width, { kernel: 1 });
    y = relu(scope, 'relu1', batchNorm(scope, 'bn1', y));
    y = conv2d(scope, 'conv2', y, width, { kernel: 3, stride, padding: 1 });
    y = relu(scope, 'relu2', batchNorm(scope, 'bn2', y));
    y = conv2d(scope, 'conv3', y, width * 4, { kernel: 1 });
    return batchNorm(scope, 'bn3', y, BRANCH_GAIN);
  },
};

function residual(scope: ModelScope, block: Block, x: ValueId, width: number, stride: number): ValueId {
  const branch = block.branch(scope, x, width, stride);
  const channels = width * block.expansion;
  let shortcut = x;
  if (stride !== 1 || scope.shape(x)[1] !== channels) {
    const part = scope.child('downsample');
    shortcut = batchNorm(part, '1', conv2d(part, '0', x, channels, { kernel: 1, stride }));
  }
  return relu(scope, 'relu', add(scope, 'add', branch, shortcut));
}

function resnet(name: string, block: Block, depths: readonly number[]): (options: ZooOptions) => Graph {
  return ({ size, batch, seed, classes }) => {
    const scope = ModelScope.create(name, seed);
    let x = scope.input('input', [batch, 3, size, size]);
    x = conv2d(scope, 'conv1', x, 64, { kernel: 7, stride: 2, padding: 3 });
    x = relu(scope, 'relu', batchNorm(scope, 'bn1', x));
    x = maxPool(scope, 'maxpool', x, { kernel: 3, stride: 2, padding: 1 });
    depths.forEach((depth, stage) => {
      const layer = scope.child(`layer${stage + 1}`);
      for (let i = 0; i < depth; i++) {
        x = residual(layer.child(`${i}`), block, x, 64 << stage, i === 0 && stage > 0 ? 2 : 1);
      }
    });
    x = flatten(scope, 'flatten', globalAveragePool(scope, 'avgpool', x));
    return scope.finish('output', linear(scope, 'fc', x, classes));
  };
}

export const resnet18 = resnet('resnet18', basic, [2, 2, 2, 2]);
export const resnet34 = resnet('resnet34', basic, [3, 4, 6, 3]);
export const resnet50 = resnet('resnet50', bottleneck, [3, 4, 6, 3]);
export const resnet101 = resnet('resnet101', bottleneck, [3, 4, 23, 3]);
export const resnet152 = resnet('resnet152', bottleneck, [3, 8, 36, 3]);
