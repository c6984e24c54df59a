import type { Graph, ValueId } from '../core/graph.js';
import { add, batchNorm, conv2d, flatten, globalAveragePool, linear, ModelScope, relu6 } from '../nn/index.js';
import type { ZooOptions } from './options.js';

/** Expansion, channels, repeats, first stride (Sandler et al., 2018, table 2). */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** MobileNet-V2, width 1.0, layer names as in torchvision. */
export function mobilenetV2({ size, batch, seed, classes }: ZooOptions): Graph {
  const scope = ModelScope.create('mobilenet_v2', seed);
  const features = scope.child('features');
  let x = scope.input('input', [batch, 3, size, size]);
  x = convBlock(features.child('0'), x, 32, { kernel: 3, stride: 2, groups: 1 });
  let index = 1;
  for (const [expansion, channels, repeats, stride] of STAGES) {
    for (let i = 0; i < repeats; i++) {
      x = invertedResidual(features.child(`${index++}`), x, expansion, channels, i === 0 ? stride : 1);
    }
  }
  x = convBlock(features.child(`${index}`), x, 1280, { kernel: 1, stride: 1, groups: 1 });
  x = flatten(scope, 'flatten', globalAveragePool(scope, 'avgpool', x));
  return scope.finish('output', linear(scope.child('classifier'), '1', x, classes));
}

interface BlockOptions {
  readonly kernel: number;
  readonly stride: number;
  readonly groups: number;
}

/** Convolution, batch norm, ReLU6: the parts 0, 1, 2 of a torchvision Conv2dNormActivation. */
function convBlock(scope: ModelScope, x: ValueId, channels: number, { kernel, stride, groups }: BlockOptions): ValueId {
  const y = conv2d(scope, '0', x, channels, { kernel, stride, groups, padding: (kernel - 1) / 2 });
  return relu6(scope, '2', batchNorm(scope, '1', y));
}

function invertedResidual(scope: ModelScope, x: ValueId, expansion: number, channels: number, stride: number): ValueId {
  const conv = scope.child('conv');
  const input = scope.shape(x)[1] ?? 1;
  const hidden = input * expansion;
  let part = 0;
  let y = x;
  if (expansion !== 1) y = convBlock(conv.child(`${part++}`), y, hidden, { kernel: 1, stride: 1, groups: 1 });
  y = convBlock(conv.child(`${part++}`), y, hidden, { kernel: 3, stride, groups: hidden });
  y = conv2d(conv, `${part++}`, y, channels, { kernel: 1 });
  y = batchNorm(conv, `${part}`, y, 0.6);
  return stride === 1 && input === channels ? add(scope, 'add', x, y) : y;
}
