import { fail } from '../diagnostics/diagnostic.js';
import { onnx } from './generated/schema.js';
import {
  toNumber,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type OperatorSetMessage,
} from './messages.js';

/** Operator sets whose meaning the converters know. */
const OLDEST = 7;
const NEWEST = 22;

export interface DecodedModel {
  readonly graph: GraphMessage;
  readonly functions: ModelMessage['functions'];
  /** Version of the default operator set. */
  readonly opset: number;
}

/**
 * Decodes a model of at most `maxNodes` nodes. Throws AIT1001 for what is no model, AIT1005 for an operator set that is
 * not supported, AIT1007 for too many nodes.
 */
export function decodeModel(bytes: Uint8Array, maxNodes: number): DecodedModel {
  if (bytes.length === 0) fail('AIT1001', 'the file is empty.');
  const { graph, opset_import: sets, functions } = decode(bytes);
  const opset = opsetVersion(sets);
  if (graph === null || opset === undefined) {
    fail('AIT1001', 'the file is no ONNX model, or is cut off: it has no graph or no operator set.');
  }
  const nodes = functions.reduce((sum, one) => sum + countNodes(one.node), countNodes(graph.node));
  if (nodes > maxNodes) {
    fail('AIT1007', `the model has ${nodes} nodes, more than ${maxNodes}.`, {
      hint: `Allow as many with --max-nodes ${nodes}.`,
    });
  }
  return { graph, functions, opset };
}

/** The version of the default operator set; undefined when none is named. Throws AIT1005 for one nobody knows. */
export function opsetVersion(sets: readonly OperatorSetMessage[]): number | undefined {
  const version = sets.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version;
  if (version === undefined) return undefined;
  const opset = toNumber(version);
  if (opset >= OLDEST && opset <= NEWEST) return opset;
  return fail('AIT1005', `operator set ${opset} is not supported, ${OLDEST} to ${NEWEST} are.`, {
    hint: 'Convert the model with onnx.version_converter.',
  });
}

/** Nodes, those of the graphs in their attributes included. */
function countNodes(nodes: readonly Partial<NodeMessage>[] = []): number {
  return nodes.reduce((sum, { attribute = [] }) => {
    const graphs = attribute.flatMap(({ g, graphs: more = [] }) => [...(g ? [g] : []), ...more]);
    return sum + 1 + graphs.reduce((inner, graph) => inner + countNodes(graph.node), 0);
  }, 0);
}

function decode(bytes: Uint8Array): ModelMessage {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (error) {
    if (error instanceof Error && error.message === 'max depth exceeded') {
      fail('AIT1001', 'the file nests graphs in graphs too deeply.');
    }
    return fail('AIT1001', 'the file is no ONNX model, or is damaged or cut off.');
  }
}
