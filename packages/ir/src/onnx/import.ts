import { GraphBuilder } from '../core/builder.js';
import type { Graph } from '../core/graph.js';
import { verifyGraph } from '../core/verify.js';
import { CompileError, type Diagnostic } from '../diagnostics/diagnostic.js';
import { convertNodes, defineInitializers, distinct, type Region } from './convert-nodes.js';
import { FunctionTable } from './functions.js';
import { defineInputs, outputNames, type InputOptions } from './interface.js';
import { decodeModel } from './model.js';
import { Scope } from './scope.js';
import { ImportSession, MOST_NODES } from './session.js';
import type { ExternalReader } from './tensor-data.js';

export interface ImportOptions extends InputOptions {
  /** Name of the graph; default: the model's own. */
  readonly name?: string;
  readonly external?: ExternalReader;
  /** Nodes allowed, functions inlined; default 20,000. */
  readonly maxNodes?: number;
  /** Told what deserves attention although the model compiles. */
  readonly warn?: (warning: Diagnostic) => void;
}

/**
 * Reads an ONNX model (operator sets 7 to 22). Functions are inlined, branches with a constant condition chosen, and
 * what no output depends on left out. Throws CompileError: AIT100x for a file that is broken or needs more information,
 * and one AIT1005 or AIT210x for every node or tensor that is not supported.
 */
export function importOnnx(bytes: Uint8Array, options: ImportOptions = {}): Graph {
  const maxNodes = options.maxNodes ?? MOST_NODES;
  const { graph, functions, opset } = decodeModel(bytes, maxNodes);
  const builder = new GraphBuilder(options.name ?? (graph.name === '' ? 'model' : graph.name));
  const session = new ImportSession(builder, {
    external: options.external,
    functions: new FunctionTable(functions),
    maxNodes,
  });
  const region: Region = { session, scope: new Scope(), opset, prefix: '', call: new Map(), functions: [] };
  defineInputs(region, graph, options);
  defineInitializers(region, graph);
  const names = outputNames(graph);
  const outputs = convertNodes(region, graph.node, names);
  if (session.unsupported.length > 0) throw new CompileError(distinct(session.unsupported));
  outputs.forEach((id, index) => builder.output(names[index] ?? '', id ?? -1));
  const built = builder.build();
  verifyGraph(built);
  for (const warning of session.warnings()) options.warn?.(warning);
  return built;
}
