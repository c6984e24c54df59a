import { GraphBuilder } from '../core/builder.js';
import type { Graph, ValueId } from '../core/graph.js';
import { elementCount, type Shape } from '../core/shape.js';
import { tensorType } from '../core/tensor.js';
import { RandomSource, seedFor } from '../weights/random.js';

/** How a parameter without a trained value is filled: uniform in [low, high). */
export interface Filling {
  readonly low: number;
  readonly high: number;
}

/**
 * A model under construction: a graph builder with hierarchical names and seeded parameters. Every parameter has a
 * random stream of its own, so that adding a layer does not change the weights of the others.
 */
export class ModelScope {
  readonly builder: GraphBuilder;
  readonly #prefix: string;
  readonly #seed: number;

  private constructor(builder: GraphBuilder, prefix: string, seed: number) {
    this.builder = builder;
    this.#prefix = prefix;
    this.#seed = seed;
  }

  static create(name: string, seed: number): ModelScope {
    return new ModelScope(new GraphBuilder(name), '', seed);
  }

  /** A sub-module: `scope.child('layer1').child('0')` names its parts `layer1.0.…`. */
  child(name: string): ModelScope {
    return new ModelScope(this.builder, this.name(name), this.#seed);
  }

  /** The full name of a part of this module. */
  name(part: string): string {
    return this.#prefix === '' ? part : `${this.#prefix}.${part}`;
  }

  /** An f32 parameter `[shape]`, named as PyTorch names it. */
  parameter(part: string, shape: Shape, { low, high }: Filling): ValueId {
    const name = this.name(part);
    const data = new RandomSource(seedFor(this.#seed, name)).fill(elementCount(shape), low, high);
    return this.builder.constant(name, { dtype: 'f32', shape, data });
  }

  input(name: string, shape: Shape): ValueId {
    return this.builder.input(name, tensorType('f32', shape));
  }

  shape(value: ValueId): Shape {
    return this.builder.type(value).shape;
  }

  /** The finished graph with one output. */
  finish(name: string, value: ValueId): Graph {
    this.builder.output(name, value);
    return this.builder.build();
  }
}
