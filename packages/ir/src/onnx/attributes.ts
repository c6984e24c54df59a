import type { Tensor } from '../core/tensor.js';
import { fail } from '../diagnostics/diagnostic.js';
import {
  toNumber,
  type AttributeMessage,
  type GraphMessage,
  type SparseTensorMessage,
  type TensorMessage,
} from './messages.js';

/** Typed access to a node's attributes; what nobody asked for is left over and refused by name. */
export class AttributeReader {
  readonly #byName: Map<string, Partial<AttributeMessage>>;
  readonly #read = new Set<string>();
  readonly #where: string;
  readonly #tensor: (message: Partial<TensorMessage>) => Tensor;

  /** `tensor` reads the elements of a tensor that stands in an attribute. */
  constructor(
    attributes: readonly Partial<AttributeMessage>[],
    where: string,
    tensor: (message: Partial<TensorMessage>) => Tensor,
  ) {
    this.#byName = new Map(attributes.map((attribute) => [attribute.name ?? '', attribute]));
    this.#where = where;
    this.#tensor = tensor;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  int<T extends number | undefined>(name: string, fallback: T): number | T {
    const found = this.#take(name, [2]);
    return found?.i === undefined ? fallback : toNumber(found.i);
  }

  float<T extends number | undefined>(name: string, fallback: T): number | T {
    return this.#take(name, [1])?.f ?? fallback;
  }

  string<T extends string | undefined>(name: string, fallback: T): string | T {
    const found = this.#take(name, [3]);
    return found?.s === undefined ? fallback : new TextDecoder().decode(found.s);
  }

  ints(name: string): readonly number[] | undefined {
    return this.#take(name, [7])?.ints?.map(toNumber);
  }

  floats(name: string): readonly number[] | undefined {
    return this.#take(name, [6])?.floats;
  }

  tensor(name: string): Tensor | undefined {
    const message = this.#take(name, [4])?.t;
    return message === undefined || message === null ? undefined : this.#tensor(message);
  }

  sparseTensor(name: string): Partial<SparseTensorMessage> | undefined {
    return this.#take(name, [11])?.sparse_tensor ?? undefined;
  }

  graph(name: string): Partial<GraphMessage> | undefined {
    return this.#take(name, [5])?.g ?? undefined;
  }

  /** Accepts the attribute whatever it says: it does not matter at inference. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Names nobody asked for. */
  leftovers(): readonly string[] {
    return [...this.#byName.keys()].filter((name) => !this.#read.has(name));
  }

  /** The attribute; AttributeProto.type must be one of `types`, or absent, as in old files. */
  #take(name: string, types: readonly number[]): Partial<AttributeMessage> | undefined {
    this.#read.add(name);
    const found = this.#byName.get(name);
    if (found?.type !== undefined && found.type !== 0 && !types.includes(found.type)) {
      fail('AIT1002', `attribute ${JSON.stringify(name)} has the wrong type.`, { where: this.#where });
    }
    return found;
  }
}
