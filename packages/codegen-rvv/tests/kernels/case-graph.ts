import { GraphBuilder, tensorType, type EpilogueStep, type Graph, type Tensor, type ValueId } from '@ait-rvv/ir';
import { randomTensor } from '../../../../tools/testing/tensors.js';

/** Builds one graph of many independent cases, so that a whole family is compiled and run at once. */
export class CaseGraph {
  readonly builder: GraphBuilder;
  readonly names: string[] = [];
  #seed = 1;

  constructor(name: string) {
    this.builder = new GraphBuilder(name);
  }

  input(shape: readonly number[]): ValueId {
    return this.builder.input(`x${this.#seed++}`, tensorType('f32', shape));
  }

  constant(shape: readonly number[], low = -1, high = 1): ValueId {
    const seed = this.#seed++;
    return this.builder.constant(`c${seed}`, randomTensor(shape, seed, low, high));
  }

  case(name: string, value: ValueId): void {
    this.names.push(name);
    this.builder.output(name, value);
  }

  build(): Graph {
    return this.builder.build();
  }
}

/** Every step, with an operand builder for the binary ones. Shapes: the result [N, C, H, W] or [..., columns]. */
export const UNARY_STEPS: readonly EpilogueStep[] = [
  { kind: 'relu' },
  { kind: 'clamp', min: 0, max: 6 },
  { kind: 'clamp', min: -Infinity, max: 0.25 },
  { kind: 'leakyRelu', alpha: 0.1 },
  { kind: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 },
  { kind: 'hardSwish' },
  { kind: 'sigmoid' },
  { kind: 'silu' },
  { kind: 'tanh' },
  { kind: 'gelu', approximate: false },
  { kind: 'gelu', approximate: true },
  { kind: 'neg' },
  { kind: 'abs' },
  { kind: 'exp' },
  { kind: 'erf' },
  { kind: 'floor' },
  { kind: 'ceil' },
];

export function stepName(step: EpilogueStep): string {
  const { kind, ...rest } = step;
  return [kind, ...Object.values<unknown>(rest)].join(' ');
}

export type Outputs = ReadonlyMap<string, Tensor>;
