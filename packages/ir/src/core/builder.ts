import type { WeightEncoding } from './encoding.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { nodeText, type Graph, type GraphOutput, type Node, type Value, type ValueId } from './graph.js';
import type { OpDef } from './op.js';
import { elementCount, MOST_AXES, MOST_ELEMENTS } from './shape.js';
import { tensorType, typeOf, type Tensor, type TensorType } from './tensor.js';

export interface NodeNames {
  /** Layer name; made unique when taken. */
  readonly name?: string;
  /** Names of the outputs; made unique when taken. Default: the layer name. */
  readonly outputs?: readonly string[];
  /** Types of the outputs where they say more than inference can: the layouts a pass has chosen. */
  readonly types?: readonly TensorType[];
}

/** The only way to make nodes: types are inferred, names made unique, order is topological by construction. */
export class GraphBuilder {
  readonly #name: string;
  readonly #values: Value[] = [];
  readonly #nodes: Node[] = [];
  readonly #producers = new Map<ValueId, Pick<Node, 'inputs'>>();
  readonly #inputs: ValueId[] = [];
  readonly #outputs: GraphOutput[] = [];
  readonly #valueNames = new NameSet();
  readonly #nodeNames = new NameSet();

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: TensorType): ValueId {
    const id = this.#value(name, type);
    this.#inputs.push(id);
    return id;
  }

  constant(name: string, tensor: Tensor): ValueId {
    return this.#value(name, typeOf(tensor), { kind: 'dense', tensor });
  }

  /** A constant in another encoding; `type` is that of the dense tensor it stands for. */
  encoded(name: string, type: TensorType, constant: WeightEncoding): ValueId {
    return this.#value(name, type, constant);
  }

  add<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, names: NodeNames = {}): readonly ValueId[] {
    const name = this.#nodeNames.take(names.name ?? op.kind);
    const types =
      names.types ??
      op.infer(
        inputs.map((id) => this.type(id)),
        attrs,
        nodeText({ op: op, name }),
      );
    const outputs = types.map((type, index) => this.#value(names.outputs?.[index] ?? name, type));
    const node: Node<A> = { op: op, name, inputs: [...inputs], outputs, attrs };
    this.#nodes.push(node);
    for (const output of outputs) this.#producers.set(output, node);
    return outputs;
  }

  /** Like {@link add} for an op with one output. */
  apply<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, names: NodeNames = {}): ValueId {
    const [output] = this.add(op, inputs, attrs, names);
    if (output === undefined) throw new Error(`${op.kind} has no output`);
    return output;
  }

  output(name: string, value: ValueId): void {
    this.#outputs.push({ name, value });
  }

  type(id: ValueId): TensorType {
    return this.value(id).type;
  }

  value(id: ValueId): Value {
    const value = this.#values[id];
    if (value === undefined) throw new Error(`graph ${this.#name} has no value ${id}`);
    return value;
  }

  /** The elements of a dense constant, or undefined when the value is computed. */
  constantTensor(id: ValueId): Tensor | undefined {
    const constant = this.value(id).constant;
    return constant?.kind === 'dense' ? constant.tensor : undefined;
  }

  /** The graph inputs a value depends on, in their order. */
  inputsBehind(id: ValueId): readonly Value[] {
    const seen = new Set<ValueId>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(this.#producers.get(next)?.inputs ?? []));
    }
    return this.#inputs.filter((input) => seen.has(input)).map((input) => this.value(input));
  }

  build(): Graph {
    return {
      name: this.#name,
      values: this.#values,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }

  #value(name: string, type: TensorType, constant?: WeightEncoding): ValueId {
    checkSize(name, type);
    const id = this.#values.length;
    const base = { id, name: this.#valueNames.take(name), type: tensorType(type.dtype, type.shape, type.layout) };
    this.#values.push(constant === undefined ? base : { ...base, constant });
    return id;
  }
}

/** Every tensor of every graph passes here, so that nothing behind it can meet one that is too large. */
export function checkSize(name: string, { dtype, shape }: TensorType): void {
  const where = `tensor ${quoteName(name)}`;
  if (shape.length > MOST_AXES) {
    fail('AIT2104', `has ${shape.length} axes, at most ${MOST_AXES} are supported.`, { where });
  }
  if (shape.some((extent) => !Number.isInteger(extent) || extent < 0)) {
    fail('AIT2101', `the shape [${shape.join(',')}] is impossible.`, { where });
  }
  if (shape.some((extent) => extent > MOST_ELEMENTS) || elementCount(shape) > MOST_ELEMENTS) {
    fail('AIT3002', `${dtype}[${shape.join(',')}] has more than ${MOST_ELEMENTS} elements.`, { where });
  }
}

/** Hands out names, appending `_2`, `_3`, … to those already taken. */
class NameSet {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  take(wish: string): string {
    let name = wish;
    let count = this.#next.get(wish) ?? 2;
    while (this.#taken.has(name)) name = `${wish}_${count++}`;
    this.#next.set(wish, count);
    this.#taken.add(name);
    return name;
  }
}
