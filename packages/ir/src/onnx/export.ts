import { typeAt, valueAt, type Graph, type Node, type ValueId } from '../core/graph.js';
import type { TensorType } from '../core/tensor.js';
import { conv2d } from '../ops/conv2d.js';
import { stepOperand } from '../ops/epilogue.js';
import type { EpilogueStep } from '../ops/steps.js';
import { writeOp } from './export-ops.js';
import { writeStep } from './export-steps.js';
import { onnx } from './generated/schema.js';
import type { ValueInfoMessage } from './messages.js';
import { elementType, NodeWriter } from './node-writer.js';

/** The operator set that is written, and the IR version that goes with it. */
const OPSET = 19;
const IR_VERSION = 9;

/**
 * Writes a graph as ONNX (operator set 19): epilogues unfolded into nodes, layouts left out, since types are
 * canonical. HardSwish and all steps have a form in that set.
 */
export function exportOnnx(graph: Graph): Uint8Array {
  const names = nameValues(graph);
  const writer = new NodeWriter(
    names.values(),
    graph.nodes.map((node) => node.name),
  );
  const name = (id: ValueId): string => names.get(id) ?? '';
  for (const node of graph.nodes) writeNode(writer, graph, node, name);
  for (const value of graph.values) {
    if (value.constant?.kind === 'dense') writer.named(name(value.id), value.constant.tensor);
  }
  // An output that is an input, a constant, or another output needs a name of its own.
  for (const output of graph.outputs)
    if (output.name !== name(output.value)) writer.node('Identity', [name(output.value)], [output.name]);
  const info = (type: TensorType, own: string): ValueInfoMessage => ({
    name: own,
    type: {
      tensor_type: {
        elem_type: elementType(type.dtype),
        shape: { dim: type.shape.map((extent) => ({ dim_value: extent })) },
      },
    },
  });
  return onnx.ModelProto.encode({
    ir_version: IR_VERSION,
    producer_name: 'ait-rvv',
    opset_import: [{ domain: '', version: OPSET }],
    graph: {
      name: graph.name,
      node: writer.nodes,
      initializer: writer.initializers,
      input: graph.inputs.map((id) => info(typeAt(graph, id), name(id))),
      output: graph.outputs.map((output) => info(typeAt(graph, output.value), output.name)),
    },
  }).finish();
}

/** Outputs keep their names; a value that is an output of the model takes that name when it is computed and free. */
function nameValues(graph: Graph): ReadonlyMap<ValueId, string> {
  const computed = new Set(graph.nodes.flatMap((node) => node.outputs));
  const names = new Map<ValueId, string>();
  for (const output of graph.outputs) {
    if (computed.has(output.value) && !names.has(output.value)) names.set(output.value, output.name);
  }
  const taken = new Set(graph.outputs.map((output) => output.name));
  for (const value of graph.values) {
    if (names.has(value.id)) continue;
    let name = value.name;
    for (let count = 2; taken.has(name) && !graph.inputs.includes(value.id); count++) name = `${value.name}_${count}`;
    taken.add(name);
    names.set(value.id, name);
  }
  return names;
}

function writeNode(writer: NodeWriter, graph: Graph, node: Node, name: (id: ValueId) => string): void {
  const outputs = node.outputs.map(name);
  const inputs = node.inputs.map(name);
  const steps = node.op.traits.epilogue === true ? (node.attrs as { epilogue: readonly EpilogueStep[] }).epilogue : [];
  const [output = ''] = outputs;
  if (steps.length === 0) {
    writeOp(writer, graph, node, inputs, outputs);
    writer.nameLast(node.name);
    return;
  }
  let running = output;
  if (node.op.kind === 'elementwise') running = inputs[0] ?? '';
  else {
    running = writer.fresh(`${output}.linear`);
    writeOp(writer, graph, node, inputs, [running]);
    writer.nameLast(node.name);
  }
  steps.forEach((step, index) => {
    const to = index === steps.length - 1 ? output : writer.fresh(`${output}.${step.kind}`);
    const operand = stepOperand(step);
    const other =
      operand === undefined ? undefined : channelOperand(writer, graph, node, step, node.inputs[operand] ?? -1, name);
    writeStep(writer, step, running, other, to);
    running = to;
  });
}

/** A bias is a vector along the channel axis; ONNX wants it shaped so that it broadcasts. */
function channelOperand(
  writer: NodeWriter,
  graph: Graph,
  node: Node,
  step: EpilogueStep,
  id: ValueId,
  name: (id: ValueId) => string,
): string {
  if (step.kind !== 'bias' || node.op.kind !== conv2d.kind) return name(id);
  const shaped = writer.fresh(`${name(id)}.shaped`);
  const { shape } = valueAt(graph, id).type;
  writer.node('Reshape', [name(id), writer.ints(`${shaped}.shape`, [shape[0] ?? 1, 1, 1])], [shaped]);
  return shaped;
}
