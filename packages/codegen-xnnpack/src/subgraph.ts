import { cFloat, cSize, type PackedWeights } from '@ait-rvv/codegen-core';
import { elementCount, sameShape, typeAt, type Graph, type Shape, type Tensor, type ValueId } from '@ait-rvv/ir';
import { memoryDims } from './shapes.js';

/** A value of the subgraph: its place in the definition's `v[]`, and its extents. */
export interface Ref {
  readonly id: number;
  readonly dims: Shape;
}

/** An argument of a call in C: a value, a number, or text that is C already. */
export type Argument = Ref | number | { readonly float: number } | { readonly c: string };

/** A line of the definition, as the template takes it. */
export type Line =
  | { readonly tensor: { readonly id: number; readonly dims: readonly string[]; readonly data: string } }
  | { readonly tensor?: undefined; readonly function: string; readonly args: readonly string[] };

export interface External {
  readonly value: ValueId;
  readonly ref: Ref;
  readonly direction: 'INPUT' | 'OUTPUT';
}

/** What a segment shares with the rest of the program. */
export interface Border {
  /** Tensors in memory that the segment reads, and those it leaves there. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Where a value lies that is a view of another one, whatever its shape. */
  readonly sourceOf: (id: ValueId) => ValueId;
}

/** Collects the values and nodes of one segment. Translations of nodes write it one after the other. */
export class SubgraphWriter {
  readonly weights: PackedWeights[] = [];
  readonly #graph: Graph;
  readonly #border: Border;
  /** Tensors in memory, in the order of the border. */
  readonly #inputs = new Map<ValueId, Ref>();
  readonly #outputs = new Map<ValueId, Ref>();
  readonly #known = new Map<ValueId, Ref>();
  readonly #reshaped = new Map<string, Ref>();
  readonly #joined = new Map<string, Ref>();
  #lines: Line[] = [];
  #count = 0;

  constructor(graph: Graph, border: Border) {
    this.#graph = graph;
    this.#border = border;
    const announce = (value: ValueId): Ref => this.#ref(memoryDims(typeAt(graph, value)));
    for (const value of border.inputs) this.#inputs.set(value, announce(value));
    for (const value of border.outputs) this.#outputs.set(value, announce(value));
    for (const [value, ref] of this.#inputs) this.#known.set(value, ref);
  }

  /** The tensors of a run, those that are read first. */
  get externals(): readonly External[] {
    const all = (refs: ReadonlyMap<ValueId, Ref>, direction: External['direction']): External[] =>
      [...refs].map(([value, ref]) => ({ value, ref, direction }));
    return [...all(this.#inputs, 'INPUT'), ...all(this.#outputs, 'OUTPUT')];
  }

  /** Values so far. */
  get count(): number {
    return this.#count;
  }

  /** The lines since the last call: those of one node. */
  takeLines(): readonly Line[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** A tensor that a node reads, under the extents it wants: the same memory, renamed where they differ. */
  value(id: ValueId, dims: Shape = memoryDims(typeAt(this.#graph, id))): Ref {
    const ref = this.#known.get(id) ?? this.#known.get(this.#border.sourceOf(id));
    if (ref === undefined) throw new Error(`the segment does not have ${JSON.stringify(this.#graph.values[id]?.name)}`);
    return this.reshape(ref, dims);
  }

  /** The tensor a node writes; `dims` are the extents the library gives it, if not those of its type. */
  result(id: ValueId, dims: Shape = memoryDims(typeAt(this.#graph, id))): Ref {
    const external = this.#outputs.get(id);
    const ref = external === undefined ? this.temporary(dims) : { id: external.id, dims };
    if (external !== undefined) this.#outputs.set(id, ref);
    this.#known.set(id, ref);
    return ref;
  }

  temporary(dims: Shape): Ref {
    return this.#tensor(dims, 'NULL');
  }

  /** A constant, elements in the order of `dims`. */
  constant(name: string, dims: Shape, pack: () => Tensor): Ref {
    this.weights.push({
      name,
      bytes: 4 * elementCount(dims),
      pack: () => {
        const { data } = pack();
        return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      },
    });
    return this.#tensor(dims, `weights[${this.weights.length - 1}]`);
  }

  /** One value for every element. */
  scalar(value: number): Ref {
    return this.constant('scalar', [1], () => ({ dtype: 'f32', shape: [1], data: Float32Array.of(value) }));
  }

  reshape(ref: Ref, dims: Shape): Ref {
    if (sameShape(ref.dims, dims)) return ref;
    const key = `${ref.id} ${dims.join()}`;
    const known = this.#reshaped.get(key);
    if (known !== undefined) return known;
    const renamed = this.temporary(dims);
    this.#copy(ref, renamed);
    this.#reshaped.set(key, renamed);
    return renamed;
  }

  /** `function(graph, args…)`. */
  call(name: string, ...args: readonly Argument[]): void {
    this.#lines.push({ function: name, args: args.map(argumentText) });
  }

  /** Remembers that these values joined along the axis are `joined`, so that longer joins may begin with it. */
  rememberJoin(axis: number, parts: readonly Ref[], joined: Ref): void {
    this.#joined.set(joinKey(axis, parts), joined);
  }

  /** The longest beginning of `parts` that has been joined already, and how many parts it has. */
  longestJoin(axis: number, parts: readonly Ref[]): { readonly joined: Ref; readonly count: number } | undefined {
    for (let count = parts.length; count > 1; count--) {
      const joined = this.#joined.get(joinKey(axis, parts.slice(0, count)));
      if (joined !== undefined) return { joined, count };
    }
    return undefined;
  }

  #copy(from: Ref, to: Ref): void {
    this.call('xnn_define_static_reshape', ...dimsArguments(to.dims), from, to, 0);
  }

  #tensor(dims: Shape, data: string): Ref {
    const ref = this.#ref(dims);
    this.#lines.push({ tensor: { id: ref.id, dims: dims.map(cSize), data } });
    return ref;
  }

  #ref(dims: Shape): Ref {
    return { id: this.#count++, dims };
  }
}

/** The arguments `rank, dims` of a function. */
export function dimsArguments(dims: Shape): readonly [Argument] {
  return [{ c: `DIMS(${dims.map(cSize).join(', ')})` }];
}

/** An array of whole numbers. */
export function sizesArgument(values: readonly number[]): Argument {
  return { c: `(const size_t[]){${values.map(cSize).join(', ')}}` };
}

/** An array of values. */
export function refsArgument(refs: readonly Ref[]): Argument {
  return { c: `(const uint32_t[]){${refs.map(({ id }) => `v[${id}]`).join(', ')}}` };
}

function argumentText(argument: Argument): string {
  if (typeof argument === 'number') return cSize(argument);
  if ('float' in argument) return floatText(argument.float);
  return 'c' in argument ? argument.c : `v[${argument.id}]`;
}

function floatText(value: number): string {
  if (value === Infinity) return 'INFINITY';
  return value === -Infinity ? '-INFINITY' : cFloat(value);
}

function joinKey(axis: number, parts: readonly Ref[]): string {
  return `${axis}: ${parts.map(({ id }) => id).join()}`;
}
