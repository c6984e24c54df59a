import type { GraphBuilder } from '../core/builder.js';
import type { ValueId } from '../core/graph.js';
import type { OpDef } from '../core/op.js';
import { elementCount } from '../core/shape.js';
import type { Tensor, TensorType } from '../core/tensor.js';
import { fail } from '../diagnostics/diagnostic.js';
import { elementwise } from '../ops/elementwise.js';
import type { EpilogueStep } from '../ops/epilogue.js';
import type { AttributeReader } from './attributes.js';

/** Results up to this many elements are computed while importing, so that shapes computed from shapes are known. */
const EAGER_ELEMENTS = 1 << 16;

/** All a converter needs to turn one ONNX node into nodes of the graph. */
export class NodeContext {
  constructor(
    readonly builder: GraphBuilder,
    /** Version of the default operator set. */
    readonly opset: number,
    readonly name: string,
    /** `Conv "layer1.0.conv1"`, for messages. */
    readonly where: string,
    readonly attributes: AttributeReader,
    /** Optional inputs that are left out are undefined. */
    readonly inputs: readonly (ValueId | undefined)[],
    readonly outputs: readonly string[],
  ) {}

  /** A required input. */
  input(index: number): ValueId {
    const id = this.inputs[index];
    if (id === undefined) fail('AIT1002', `input ${index} is missing.`, { where: this.where });
    return id;
  }

  type(id: ValueId): TensorType {
    return this.builder.type(id);
  }

  /** Canonical extents of a required input. */
  shape(index: number): readonly number[] {
    return this.type(this.input(index)).shape;
  }

  /** The elements of an input that must be known now; undefined when it is left out. */
  constant(index: number): Tensor | undefined {
    const id = this.inputs[index];
    if (id === undefined) return undefined;
    const tensor = this.builder.constantTensor(id);
    if (tensor === undefined) {
      this.unsupported(`input ${index} must be a constant; bind it with --const if it is an input of the model`);
    }
    return tensor;
  }

  /** Reports a legal use of the operator that is not supported. */
  unsupported(reason: string): never {
    return fail('AIT1005', `${reason}.`, { where: this.where });
  }

  /** An inner node; its value gets a name derived from the node's. */
  emit<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, part: string): ValueId {
    return this.#make(op, inputs, attrs, [`${this.outputs[0] ?? this.name}.${part}`])[0] ?? -1;
  }

  /** The node's own results, under the names the model gives them. */
  result<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A): readonly ValueId[] {
    return this.#make(op, inputs, attrs, this.outputs);
  }

  /** A chain of elementwise steps on `x` as the node's result. */
  steps(x: ValueId, operands: readonly ValueId[], epilogue: readonly EpilogueStep[]): readonly ValueId[] {
    return this.result(elementwise, [x, ...operands], { epilogue });
  }

  value(tensor: Tensor, part: string): ValueId {
    return this.builder.constant(`${this.outputs[0] ?? this.name}.${part}`, tensor);
  }

  #make<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, names: readonly string[]): readonly ValueId[] {
    const tensors = inputs.flatMap((id): Tensor | Tensor[] => this.builder.constantTensor(id) ?? []);
    if (tensors.length === inputs.length && inputs.length > 0) {
      const types = op.infer(
        inputs.map((id) => this.type(id)),
        attrs,
        this.where,
      );
      if (types.every((type) => elementCount(type.shape) <= EAGER_ELEMENTS)) {
        return op
          .evaluate(tensors, attrs)
          .map((tensor, index) => this.builder.constant(names[index] ?? this.name, tensor));
      }
    }
    return this.builder.add(op, inputs, attrs, { name: this.name, outputs: names });
  }
}

/** Turns one node into values, one per output of the node. */
export type Convert = (node: NodeContext) => readonly ValueId[];

export interface Converter {
  readonly convert: Convert;
  /** What of the operator is not supported; generated into the documentation. */
  readonly limits?: string;
}
