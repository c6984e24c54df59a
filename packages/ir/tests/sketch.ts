import {
  batchNorm,
  conv2d,
  elementwise,
  GraphBuilder,
  interpret,
  printGraph,
  runPasses,
  tensorType,
  type EpilogueStep,
  type Graph,
  type Pass,
  type ValueId,
} from '@ait-rvv/ir';
import { expect } from 'vitest';
import { randomInputs, randomTensor, relativeError } from '../../../tools/testing/tensors.js';

/** A 1x1 convolution without steps. */
export const CONV = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;

/** Small graphs with constants that need no seed of their own. */
export class Sketch {
  readonly builder = new GraphBuilder('g');
  #seed = 1;

  input(...shape: number[]): ValueId {
    return this.builder.input(`x${this.#seed++}`, tensorType('f32', shape));
  }

  constant(shape: readonly number[], low = -1): ValueId {
    return this.builder.constant(`c${this.#seed}`, randomTensor(shape, this.#seed++, low));
  }

  conv(
    x: ValueId,
    channels: number,
    name: string,
    epilogue: readonly EpilogueStep[] = [],
    operands: readonly ValueId[] = [],
  ): ValueId {
    const weight = this.constant([channels, this.builder.type(x).shape[1] ?? 1, 1, 1]);
    return this.builder.apply(conv2d, [x, weight, ...operands], { ...CONV, epilogue }, { name });
  }

  norm(x: ValueId, name: string): ValueId {
    const channels = [this.builder.type(x).shape[1] ?? 1];
    const parameters = [0.5, -1, -1, 0.5].map((low) => this.constant(channels, low));
    return this.builder.apply(batchNorm, [x, ...parameters], { epsilon: 1e-3 }, { name });
  }

  steps(x: ValueId, name: string, epilogue: readonly EpilogueStep[], ...operands: ValueId[]): ValueId {
    return this.builder.apply(elementwise, [x, ...operands], { epilogue }, { name });
  }

  finish(...outputs: ValueId[]): Graph {
    outputs.forEach((value, index) => this.builder.output(`y${index}`, value));
    return this.builder.build();
  }
}

/** The nodes after the passes as text, without constants; and the proof that the meaning is the same. */
export function after(graph: Graph, ...passes: readonly Pass[]): string[] {
  const result = runPasses(graph, passes);
  const inputs = randomInputs(graph);
  const [before, now] = [interpret(graph, inputs), interpret(result, inputs)];
  for (const [name, tensor] of before) expect(relativeError(now.get(name), tensor)).toBeLessThan(1e-6);
  return printGraph(result, { constants: 'elided' })
    .split('\n')
    .filter((line) => /^ {2}(%[0-9, %]+ = [A-Za-z0-9]+\(|output)/.test(line))
    .map((line) => line.trim());
}
