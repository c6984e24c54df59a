import type { ValueId } from '../core/graph.js';
import { elementCount } from '../core/shape.js';
import { conv2d as conv2dOp } from '../ops/conv2d.js';
import { elementwise } from '../ops/elementwise.js';
import type { EpilogueStep } from '../ops/steps.js';
import { matmul } from '../ops/matmul.js';
import { batchNorm as batchNormOp, softmax as softmaxOp } from '../ops/normalization.js';
import { pool2d } from '../ops/pool2d.js';
import { reduce } from '../ops/reduce.js';
import { concat as concatOp, reshape } from '../ops/regroup.js';
import type { ModelScope } from './module.js';

type Pair = number | readonly [number, number];

const pair = (value: Pair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

export interface Conv2dOptions {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** Convolution of [N, C, H, W] to `channels` channels; parameters `<name>.weight` [CO, CI/groups, KH, KW] and `<name>.bias`. */
export function conv2d(scope: ModelScope, name: string, x: ValueId, channels: number, options: Conv2dOptions): ValueId {
  const part = scope.child(name);
  const groups = options.groups ?? 1;
  const [kh, kw] = pair(options.kernel);
  const [ph, pw] = pair(options.padding ?? 0);
  const shape = [channels, (scope.shape(x)[1] ?? 1) / groups, kh, kw];
  // Uniform with the variance 2/fan-in (He et al., 2015) keeps the scale of activations through ReLU networks.
  const bound = Math.sqrt(6 / elementCount(shape.slice(1)));
  const inputs = [x, part.parameter('weight', shape, { low: -bound, high: bound })];
  const epilogue: EpilogueStep[] = [];
  if (options.bias === true) {
    inputs.push(part.parameter('bias', [channels], { low: -0.1, high: 0.1 }));
    epilogue.push({ kind: 'bias', operand: 2 });
  }
  const attrs = {
    strides: pair(options.stride ?? 1),
    dilations: pair(options.dilation ?? 1),
    pads: [ph, pw, ph, pw] as const,
    groups,
    epilogue,
  };
  return scope.builder.apply(conv2dOp, inputs, attrs, { name: scope.name(name) });
}

/**
 * Batch normalisation with statistics far from the identity, so that folding it wrongly shows. `gain` scales γ: less
 * than 1 on the last norm of a residual branch keeps deep networks from growing.
 */
export function batchNorm(scope: ModelScope, name: string, x: ValueId, gain = 1): ValueId {
  const part = scope.child(name);
  const channels = [scope.shape(x)[1] ?? 1];
  const parameters = [
    part.parameter('weight', channels, { low: 0.6 * gain, high: 1.4 * gain }),
    part.parameter('bias', channels, { low: -0.2, high: 0.2 }),
    part.parameter('running_mean', channels, { low: -0.2, high: 0.2 }),
    part.parameter('running_var', channels, { low: 0.7, high: 1.5 }),
  ];
  return scope.builder.apply(batchNormOp, [x, ...parameters], { epsilon: 1e-5 }, { name: scope.name(name) });
}

/** An elementwise step without operand: `activation(scope, 'relu', x, { kind: 'relu' })`. */
export function activation(scope: ModelScope, name: string, x: ValueId, step: EpilogueStep): ValueId {
  return scope.builder.apply(elementwise, [x], { epilogue: [step] }, { name: scope.name(name) });
}

export function relu(scope: ModelScope, name: string, x: ValueId): ValueId {
  return activation(scope, name, x, { kind: 'relu' });
}

export function relu6(scope: ModelScope, name: string, x: ValueId): ValueId {
  return activation(scope, name, x, { kind: 'clamp', min: 0, max: 6 });
}

export function add(scope: ModelScope, name: string, a: ValueId, b: ValueId): ValueId {
  return scope.builder.apply(
    elementwise,
    [a, b],
    { epilogue: [{ kind: 'add', operand: 1 }] },
    { name: scope.name(name) },
  );
}

export function mul(scope: ModelScope, name: string, a: ValueId, b: ValueId): ValueId {
  return scope.builder.apply(
    elementwise,
    [a, b],
    { epilogue: [{ kind: 'mul', operand: 1 }] },
    { name: scope.name(name) },
  );
}

export interface PoolOptions {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly ceil?: boolean;
}

function pool(scope: ModelScope, mode: 'max' | 'average', name: string, x: ValueId, options: PoolOptions): ValueId {
  const [ph, pw] = pair(options.padding ?? 0);
  const attrs = {
    mode,
    kernel: pair(options.kernel),
    strides: pair(options.stride ?? options.kernel),
    dilations: [1, 1] as const,
    pads: [ph, pw, ph, pw] as const,
    ceil: options.ceil ?? false,
    // PyTorch's default.
    countIncludePad: true,
  };
  return scope.builder.apply(pool2d, [x], attrs, { name: scope.name(name) });
}

export function maxPool(scope: ModelScope, name: string, x: ValueId, options: PoolOptions): ValueId {
  return pool(scope, 'max', name, x, options);
}

export function averagePool(scope: ModelScope, name: string, x: ValueId, options: PoolOptions): ValueId {
  return pool(scope, 'average', name, x, options);
}

/** Mean over all positions: [N, C, H, W] to [N, C, 1, 1]. */
export function globalAveragePool(scope: ModelScope, name: string, x: ValueId): ValueId {
  return scope.builder.apply(reduce, [x], { mode: 'mean', axes: [2, 3], keepDims: true }, { name: scope.name(name) });
}

/** [N, …] to [N, features]. */
export function flatten(scope: ModelScope, name: string, x: ValueId): ValueId {
  const [batch = 1, ...rest] = scope.shape(x);
  return scope.builder.apply(reshape, [x], { shape: [batch, elementCount(rest)] }, { name: scope.name(name) });
}

/** x·Wᵀ + b with parameters `<name>.weight` [features, in] and `<name>.bias`. */
export function linear(scope: ModelScope, name: string, x: ValueId, features: number): ValueId {
  const part = scope.child(name);
  const depth = scope.shape(x).at(-1) ?? 1;
  const bound = Math.sqrt(3 / depth);
  const weight = part.parameter('weight', [features, depth], { low: -bound, high: bound });
  const bias = part.parameter('bias', [features], { low: -0.1, high: 0.1 });
  const attrs = { transA: false, transB: true, epilogue: [{ kind: 'bias', operand: 2 }] as const };
  return scope.builder.apply(matmul, [x, weight, bias], attrs, { name: scope.name(name) });
}

export function concat(scope: ModelScope, name: string, values: readonly ValueId[], axis = 1): ValueId {
  return scope.builder.apply(concatOp, values, { axis }, { name: scope.name(name) });
}

export function softmax(scope: ModelScope, name: string, x: ValueId, axis: number): ValueId {
  return scope.builder.apply(softmaxOp, [x], { axis }, { name: scope.name(name) });
}
