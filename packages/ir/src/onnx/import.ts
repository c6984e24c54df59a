import { GraphBuilder } from '../core/builder.js';
import type { Graph, ValueId } from '../core/graph.js';
import { tensorType, type Tensor } from '../core/tensor.js';
import { verifyGraph } from '../core/verify.js';
import { CompileError, fail, quoteName, type Diagnostic } from '../diagnostics/diagnostic.js';
import { AttributeReader } from './attributes.js';
import { CONVERTERS } from './convert/index.js';
import { inputShape } from './input-shape.js';
import type { GraphMessage, NodeMessage } from './messages.js';
import { decodeModel } from './model.js';
import { NodeContext } from './node-context.js';
import { ELEMENT_TYPES, elementTypeName, readTensor, type ExternalReader } from './tensor-data.js';
import { sortNodes } from './sort-nodes.js';

export interface ImportOptions {
  /** Name of the graph; default: the model's own. */
  readonly name?: string;
  /** Shapes of inputs whose dimensions are symbolic. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  /** Inputs bound to a value; they become constants. */
  readonly constants?: ReadonlyMap<string, Tensor>;
  readonly external?: ExternalReader;
}

/**
 * Reads an ONNX model (operator sets 7 to 22, f32). Throws CompileError: AIT100x for a file that is broken or needs
 * more information, and one AIT1005 for every node that is not supported.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Graph {
  const { graph, opset } = decodeModel(bytes);
  const builder = new GraphBuilder(options.name ?? (graph.name === '' ? 'model' : graph.name));
  const values = new Map<string, ValueId>();
  defineInputs(graph, builder, values, options);
  const unsupported: Diagnostic[] = [];
  // Values that depend on an unsupported node; what reads them is not reported again.
  const poisoned = new Set<string>();
  for (const node of sortNodes(graph.node, new Set(values.keys()))) {
    const outputs = node.output ?? [];
    if ((node.input ?? []).some((name) => poisoned.has(name))) {
      outputs.forEach((name) => poisoned.add(name));
      continue;
    }
    try {
      const results = convertNode(node, builder, opset, values, options.external);
      outputs.forEach((name, index) => {
        const id = results[index];
        if (name !== '' && id !== undefined) values.set(name, id);
      });
    } catch (error) {
      if (!(error instanceof CompileError) || error.kind !== 'unsupported') throw error;
      unsupported.push(...error.diagnostics);
      outputs.forEach((name) => poisoned.add(name));
    }
  }
  if (unsupported.length > 0) throw new CompileError(unsupported);
  defineOutputs(graph, builder, values);
  const built = builder.build();
  verifyGraph(built);
  return built;
}

function defineInputs(
  graph: GraphMessage,
  builder: GraphBuilder,
  values: Map<string, ValueId>,
  options: ImportOptions,
): void {
  if ((graph.sparse_initializer ?? []).length > 0) fail('AIT1005', 'sparse initializers are not supported.');
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name ?? '', tensor]));
  const inputs = new Set(graph.input.map((info) => info.name ?? ''));
  for (const name of [...(options.shapes?.keys() ?? []), ...(options.constants?.keys() ?? [])]) {
    if (inputs.has(name) && !initializers.has(name)) continue;
    const known = [...inputs].filter((input) => !initializers.has(input)).map((input) => quoteName(input));
    fail('AIT1003', `the model has no input ${quoteName(name)}.`, { hint: `It has ${known.join(', ')}.` });
  }
  for (const info of graph.input) {
    const name = info.name ?? '';
    // Before IR version 4 every initializer had to be listed as an input, too.
    if (initializers.has(name)) continue;
    const bound = options.constants?.get(name);
    if (bound !== undefined) {
      values.set(name, builder.constant(name, bound));
      continue;
    }
    const where = `input ${quoteName(name)}`;
    const type = info.type?.tensor_type;
    if (type === undefined || type === null) fail('AIT1005', 'is no tensor.', { where });
    const dtype = ELEMENT_TYPES[type.elem_type ?? 0];
    if (dtype === undefined)
      fail('AIT2103', `element type ${elementTypeName(type.elem_type ?? 0)} is not supported.`, { where });
    values.set(name, builder.input(name, tensorType(dtype, inputShape(info, options.shapes?.get(name)))));
  }
  for (const [name, message] of initializers)
    values.set(name, builder.constant(name, readTensor(message, options.external)));
}

function convertNode(
  node: Partial<NodeMessage>,
  builder: GraphBuilder,
  opset: number,
  values: ReadonlyMap<string, ValueId>,
  external: ExternalReader | undefined,
): readonly ValueId[] {
  const type = node.op_type ?? '';
  const outputs = node.output ?? [];
  const name =
    node.name === undefined || node.name === '' ? (outputs.find((output) => output !== '') ?? type) : node.name;
  const where = `${type.replace(/[^A-Za-z0-9_]/g, '?').slice(0, 60)} ${quoteName(name)}`;
  const domain = node.domain ?? '';
  if (domain !== '' && domain !== 'ai.onnx')
    fail('AIT1005', `the operator domain ${quoteName(domain)} is not supported.`, { where });
  const converter = Object.hasOwn(CONVERTERS, type) ? CONVERTERS[type] : undefined;
  if (converter === undefined) fail('AIT1005', 'the operator is not supported.', { where });
  const inputs = (node.input ?? []).map((input) => (input === '' ? undefined : values.get(input)));
  const attributes = new AttributeReader(node.attribute ?? [], where, external);
  const results = converter.convert(new NodeContext(builder, opset, name, where, attributes, inputs, outputs));
  const left = attributes.leftovers();
  if (left.length > 0)
    fail('AIT1005', `attribute ${left.map((one) => quoteName(one)).join(', ')} is not supported.`, { where });
  return results;
}

function defineOutputs(graph: GraphMessage, builder: GraphBuilder, values: ReadonlyMap<string, ValueId>): void {
  if (graph.output.length === 0) fail('AIT1002', 'the model has no output.');
  for (const info of graph.output) {
    const id = values.get(info.name ?? '');
    if (id === undefined) fail('AIT1002', `output ${quoteName(info.name ?? '')} is computed by no node.`);
    builder.output(info.name ?? '', id);
  }
}
