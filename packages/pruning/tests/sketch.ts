import {
  batchNorm,
  concat,
  conv2d,
  elementwise,
  GraphBuilder,
  matmul,
  reduce,
  tensorType,
  type Conv2dAttrs,
  type EpilogueStep,
  type Graph,
  type ValueId,
} from '@ait-rvv/ir';
import { randomTensor } from '../../../tools/testing/tensors.js';

const CONV: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] };

export interface ConvOptions {
  readonly kernel?: number;
  readonly groups?: number;
  readonly epilogue?: readonly EpilogueStep[];
  readonly operands?: readonly ValueId[];
}

/** Small graphs of convolutions and linear layers with seeded weights. */
export class Sketch {
  readonly builder = new GraphBuilder('sketch');
  #seed = 1;

  input(...shape: number[]): ValueId {
    return this.builder.input(`x${this.#seed++}`, tensorType('f32', shape));
  }

  constant(shape: readonly number[], name = `c${this.#seed}`): ValueId {
    return this.builder.constant(name, randomTensor(shape, this.#seed++));
  }

  shape(id: ValueId): readonly number[] {
    return this.builder.type(id).shape;
  }

  /** A convolution called `name` with the weight `<name>.weight`, padded to keep odd windows' extents. */
  conv(name: string, x: ValueId, channels: number, options: ConvOptions = {}): ValueId {
    const { kernel = 1, groups = 1, epilogue = [], operands = [] } = options;
    const depth = (this.shape(x)[1] ?? 1) / groups;
    const weight = this.constant([channels, depth, kernel, kernel], `${name}.weight`);
    return this.convWith(name, x, weight, { epilogue, operands, kernel, groups });
  }

  convWith(name: string, x: ValueId, weight: ValueId, options: ConvOptions = {}): ValueId {
    const { kernel = 1, groups = 1, epilogue = [], operands = [] } = options;
    const pad = (kernel - 1) / 2;
    const attrs = { ...CONV, pads: [pad, pad, pad, pad] as const, groups, epilogue };
    return this.builder.apply(conv2d, [x, weight, ...operands], attrs, { name });
  }

  /** `x·Wᵀ`, or `x·W` with the rows on axis 1. */
  linear(
    name: string,
    x: ValueId,
    features: number,
    rowAxis: 0 | 1 = 0,
    epilogue: readonly EpilogueStep[] = [],
  ): ValueId {
    const depth = this.shape(x).at(-1) ?? 1;
    const weight = this.constant(rowAxis === 0 ? [features, depth] : [depth, features], `${name}.weight`);
    const operands = epilogue.some((step) => 'operand' in step) ? [this.constant([features])] : [];
    const attrs = { transA: false, transB: rowAxis === 0, epilogue };
    return this.builder.apply(matmul, [x, weight, ...operands], attrs, { name });
  }

  norm(name: string, x: ValueId): ValueId {
    const channels = [this.shape(x)[1] ?? 1];
    const scale = this.constant(channels);
    const shift = this.constant(channels);
    const mean = this.constant(channels);
    const variance = this.builder.constant(`v${this.#seed}`, randomTensor(channels, this.#seed++, 0.5, 2));
    return this.builder.apply(batchNorm, [x, scale, shift, mean, variance], { epsilon: 1e-3 }, { name });
  }

  steps(name: string, x: ValueId, epilogue: readonly EpilogueStep[], ...operands: ValueId[]): ValueId {
    return this.builder.apply(elementwise, [x, ...operands], { epilogue }, { name });
  }

  relu(x: ValueId): ValueId {
    return this.steps('relu', x, [{ kind: 'relu' }]);
  }

  add(name: string, a: ValueId, b: ValueId): ValueId {
    return this.steps(name, a, [{ kind: 'add', operand: 1 }], b);
  }

  concat(axis: number, ...parts: ValueId[]): ValueId {
    return this.builder.apply(concat, parts, { axis });
  }

  mean(x: ValueId, axes: readonly number[], keepDims = true): ValueId {
    return this.builder.apply(reduce, [x], { mode: 'mean', axes, keepDims });
  }

  finish(...outputs: ValueId[]): Graph {
    outputs.forEach((id, index) => this.builder.output(`out${index}`, id));
    return this.builder.build();
  }
}
