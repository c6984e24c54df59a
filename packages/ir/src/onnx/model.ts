import { fail } from '../diagnostics/diagnostic.js';
import { onnx } from './generated/schema.js';
import { toNumber, type GraphMessage, type ModelMessage } from './messages.js';

/** Operator sets whose meaning the converters know. */
const OLDEST = 7;
const NEWEST = 22;

/** The graph and the version of the default operator set. Throws AIT1001 for what is no model, AIT1005 for a version. */
export function decodeModel(bytes: Uint8Array): { readonly graph: GraphMessage; readonly opset: number } {
  if (bytes.length === 0) fail('AIT1001', 'the file is empty.');
  const model = decode(bytes);
  const { graph } = model;
  const version = model.opset_import.find(
    (set) => set.domain === undefined || set.domain === '' || set.domain === 'ai.onnx',
  )?.version;
  if (graph === null || version === undefined) {
    fail('AIT1001', 'the file is no ONNX model, or is cut off: it has no graph or no operator set.');
  }
  if (model.functions.length > 0) fail('AIT1005', 'functions of the model are not supported.');
  const opset = toNumber(version);
  if (opset < OLDEST || opset > NEWEST) {
    fail('AIT1005', `operator set ${opset} is not supported, ${OLDEST} to ${NEWEST} are.`, {
      hint: 'Convert the model with onnx.version_converter.',
    });
  }
  return { graph, opset };
}

function decode(bytes: Uint8Array): ModelMessage {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch {
    return fail('AIT1001', 'the file is no ONNX model, or is damaged or cut off.');
  }
}
