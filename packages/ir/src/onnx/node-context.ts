import { checkSize, type GraphBuilder } from '../core/builder.js';
import type { ValueId } from '../core/graph.js';
import type { DType } from '../core/dtype.js';
import { evaluationSteps, type OpDef } from '../core/op.js';
import { elementCount } from '../core/shape.js';
import {
  fromNumbers,
  tensorType,
  toNumbers,
  typeBytes,
  typeText,
  zeros,
  type Tensor,
  type TensorType,
} from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import { elementwise } from '../ops/elementwise.js';
import type { EpilogueStep } from '../ops/steps.js';
import type { AttributeReader } from './attributes.js';
import type { GraphMessage } from './messages.js';
import type { ImportSession } from './session.js';

/** Results up to this many elements are computed while importing, so that shapes computed from shapes are known. */
const EAGER_ELEMENTS = 1 << 16;

/** One ONNX node as the importer hands it to its converter. */
export interface NodeParts {
  readonly builder: GraphBuilder;
  /** Version of the default operator set. */
  readonly opset: number;
  readonly name: string;
  /** `Conv "layer1.0.conv1"`, for messages. */
  readonly where: string;
  readonly attributes: AttributeReader;
  /** Optional inputs that are left out are undefined. */
  readonly inputs: readonly (ValueId | undefined)[];
  /** Names of the results; empty for one nobody wants. */
  readonly outputs: readonly string[];
  /** Converts a graph of an attribute in place of the node; returns its results. */
  readonly inline: (graph: Partial<GraphMessage>) => readonly ValueId[];
  /** What the conversion of the whole model shares. */
  readonly session: ImportSession;
}

/** An input of more elements does not look like a parameter. */
const MOST_BOUND = 64;

/** All a converter needs to turn one ONNX node into nodes of the graph. */
export class NodeContext implements NodeParts {
  readonly builder: GraphBuilder;
  readonly opset: number;
  readonly name: string;
  readonly where: string;
  readonly attributes: AttributeReader;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputs: readonly string[];
  readonly inline: NodeParts['inline'];
  readonly session: ImportSession;

  constructor(parts: NodeParts) {
    this.builder = parts.builder;
    this.opset = parts.opset;
    this.name = parts.name;
    this.where = parts.where;
    this.attributes = parts.attributes;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.inline = parts.inline;
    this.session = parts.session;
  }

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
    return tensor ?? this.#computed(index, id);
  }

  /** The whole numbers of an input that must be known now; undefined when it is left out. */
  wholes(index: number): readonly number[] | undefined {
    const tensor = this.constant(index);
    const values = tensor === undefined ? undefined : toNumbers(tensor);
    if (values?.every(Number.isInteger) === false)
      fail('AIT1002', `input ${index} must hold whole numbers.`, { where: this.where });
    return values;
  }

  /** Reports an input that must be known now and is not, and which inputs of the model would decide it. */
  #computed(index: number, id: ValueId): never {
    const sources = this.builder.inputsBehind(id);
    const names = sources.map(({ name }) => quoteName(name)).join(', ');
    // Where pictures or features decide, there is nothing to bind.
    const bindable = sources.filter(({ type }) => type.dtype !== 'f32' || elementCount(type.shape) <= MOST_BOUND);
    const hint = bindable.map(({ name }) => `--const ${name}=FILE.npy`).join(' ');
    fail('AIT1005', `input ${index} must be a constant, and depends on ${names}.`, {
      where: this.where,
      ...(bindable.length === sources.length ? { hint: `Bind it with ${hint}.` } : {}),
    });
  }

  /** Reports a legal use of the operator that is not supported. */
  unsupported(reason: string): never {
    return fail('AIT1005', `${reason}.`, { where: this.where });
  }

  /** An inner node; its value gets a name derived from the node's. */
  emit<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, part: string): ValueId {
    return this.#make(op, inputs, attrs, [`${this.outputs[0] ?? this.name}.${part}`])[0] ?? -1;
  }

  /** An inner node of several results, each named by its part. */
  emitAll<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, parts: readonly string[]): readonly ValueId[] {
    const base = this.outputs[0] ?? this.name;
    return this.#make(
      op,
      inputs,
      attrs,
      parts.map((part) => `${base}.${part}`),
    );
  }

  /** The node's own results, under the names the model gives them. */
  result<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A): readonly ValueId[] {
    return this.#make(op, inputs, attrs, this.outputs);
  }

  /** A chain of elementwise steps on `x` as the node's result. */
  steps(x: ValueId, operands: readonly ValueId[], epilogue: readonly EpilogueStep[]): readonly ValueId[] {
    return this.result(elementwise, [x, ...operands], { epilogue });
  }

  /** A chain of elementwise steps as an inner node. */
  chain(x: ValueId, operands: readonly ValueId[], epilogue: readonly EpilogueStep[], part: string): ValueId {
    return this.emit(elementwise, [x, ...operands], { epilogue }, part);
  }

  /** A constant of one element without axes. */
  scalar(dtype: DType, value: number, part: string): ValueId {
    return this.value(fromNumbers(dtype, [], [value]), part);
  }

  /** True when somebody reads that result. */
  wants(output: number): boolean {
    return (this.outputs[output] ?? '') !== '';
  }

  value(tensor: Tensor, part: string): ValueId {
    return this.builder.constant(`${this.outputs[0] ?? this.name}.${part}`, tensor);
  }

  /** A zeroed tensor that a shape alone asks for. Throws AIT1007 when such tensors take too much. */
  allocate(dtype: DType, shape: readonly number[]): Tensor {
    const type = tensorType(dtype, shape);
    const sound = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
    if (!sound) fail('AIT1002', `makes [${shape.join(',')}], which is no shape.`, { where: this.where });
    if (!this.session.memory.take(typeBytes(type)))
      fail('AIT1007', `makes ${typeText(type)}, which is too large.`, { where: this.where });
    return zeros(dtype, shape);
  }

  #make<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A, names: readonly string[]): readonly ValueId[] {
    const tensors = inputs.flatMap((id): Tensor | Tensor[] => this.builder.constantTensor(id) ?? []);
    const known = tensors.length === inputs.length && inputs.length > 0;
    if (!known || !this.#affordable(op, inputs, attrs)) {
      return this.builder.add(op, inputs, attrs, { name: this.name, outputs: names });
    }
    const results = op.evaluate(tensors, attrs);
    return results.map((tensor, index) => this.builder.constant(names[index] ?? this.name, tensor));
  }

  #affordable<A>(op: OpDef<A>, inputs: readonly ValueId[], attrs: A): boolean {
    const types = inputs.map((id) => this.type(id));
    const results = op.infer(types, attrs, this.where);
    for (const type of results) checkSize(this.outputs[0] ?? this.name, type);
    const bytes = results.reduce((sum, type) => sum + typeBytes(type), 0);
    const small = results.every((type) => elementCount(type.shape) <= EAGER_ELEMENTS);
    return (
      small && this.session.time.take(evaluationSteps(op, types, results, attrs)) && this.session.memory.take(bytes)
    );
  }
}

/** Turns one node into values, one per output of the node. */
export type Convert = (node: NodeContext) => readonly ValueId[];

export interface Converter {
  readonly convert: Convert;
  /** What of the operator is not supported; generated into the documentation. */
  readonly limits?: string;
}
