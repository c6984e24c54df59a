import type { ValueId } from '../core/graph.js';
import { CompileError, fail, quoteName, type Diagnostic } from '../diagnostics/diagnostic.js';
import { AttributeReader } from './attributes.js';
import { CONVERTERS } from './convert/index.js';
import { callAttributes, functionName, resolveAttribute } from './functions.js';
import type { AttributeMessage, FunctionMessage, GraphMessage, NodeMessage } from './messages.js';
import { opsetVersion } from './model.js';
import { NodeContext } from './node-context.js';
import { Scope, type Absent } from './scope.js';
import type { ImportSession } from './session.js';
import { liveNodes, sortNodes } from './sort-nodes.js';

/** The nodes of one graph, branch or function body, and what surrounds them. */
export interface Region {
  readonly session: ImportSession;
  readonly scope: Scope;
  /** Version of the default operator set these nodes are written in. */
  readonly opset: number;
  /** Put before the names of nodes and values: the calls that lead here. */
  readonly prefix: string;
  /** Attributes of the call whose body this is. */
  readonly call: ReadonlyMap<string, Partial<AttributeMessage>>;
  /** The functions being inlined, outermost first. */
  readonly functions: readonly Partial<FunctionMessage>[];
}

/** Thrown where a result is missing because of an operator that has been reported already. */
class Unavailable extends Error {}

/**
 * Converts the nodes that `outputs` depend on, in an order in which every value is made before it is read, and binds
 * what they make. What is not supported is reported to the session, all of it, and the names it would have made are
 * bound to `unsupported`.
 */
export function convertNodes(
  region: Region,
  nodes: readonly Partial<NodeMessage>[],
  outputs: readonly string[],
): readonly (ValueId | undefined)[] {
  const { session, scope } = region;
  const live = liveNodes(sortNodes(nodes, scope), outputs);
  session.countNodes(live.length);
  for (const node of live) convertInto(region, node);
  return outputs.map((name) => {
    const binding = scope.find(name);
    if (binding === undefined) fail('AIT1002', `output ${quoteName(name)} is computed by no node.`);
    if (typeof binding === 'number') return binding;
    if (binding !== 'unsupported') session.unsupported.push(absentResult(binding));
    return undefined;
  });
}

function convertInto(region: Region, node: Partial<NodeMessage>): void {
  const { session, scope } = region;
  const outputs = node.output ?? [];
  let results: readonly (ValueId | undefined)[] | undefined;
  try {
    // Only whether there is such an operator can be told of a node that reads what could not be made.
    const ready = (node.input ?? []).every((name) => scope.find(name) !== 'unsupported');
    if (ready) results = convertNode(region, node);
    else checkOperator(region, node);
  } catch (error) {
    const missing = error instanceof CompileError && error.kind === 'unsupported';
    if (missing) session.unsupported.push(...error.diagnostics);
    else if (!(error instanceof Unavailable)) throw error;
  }
  outputs.forEach((name, output) => {
    if (name === '') return;
    if (results === undefined) scope.bind(name, 'unsupported');
    else scope.bind(name, results[output] ?? { where: nodeWhere(region, node), output });
  });
}

function absentResult({ where, output }: Absent): Diagnostic {
  return { code: 'AIT1005', where, message: `output ${output} is not supported.` };
}

function convertNode(region: Region, node: Partial<NodeMessage>): readonly (ValueId | undefined)[] {
  const { session, scope, opset, prefix, call } = region;
  checkOperator(region, node);
  const inputs = (node.input ?? []).map((name) => (name === '' ? undefined : valueOf(scope, name)));
  const given = (node.attribute ?? []).flatMap((attribute) => resolveAttribute(attribute, call) ?? []);
  const converter = converterOf(node);
  if (converter === undefined) return inlineFunction(region, node, inputs, given);
  const where = nodeWhere(region, node);
  const attributes = new AttributeReader(given, where, (message) => session.tensor(message));
  const results = converter.convert(
    new NodeContext({
      builder: session.builder,
      opset,
      name: prefix + nodeName(node),
      where,
      attributes,
      inputs,
      outputs: (node.output ?? []).map((name) => (name === '' ? '' : prefix + name)),
      inline: (graph) => convertBranch(region, graph),
      session,
    }),
  );
  const left = attributes.leftovers();
  if (left.length > 0)
    fail('AIT1005', `attribute ${left.map((one) => quoteName(one)).join(', ')} is not supported.`, { where });
  return results;
}

function valueOf(scope: Scope, name: string): ValueId {
  const binding = scope.find(name);
  if (binding === undefined) throw new Error(`nobody has bound ${quoteName(name)}`);
  if (binding === 'unsupported') throw new Unavailable();
  if (typeof binding !== 'number') throw new CompileError([absentResult(binding)]);
  return binding;
}

/** A graph that stands in a node, read as if its nodes stood around it; throws when a result cannot be made. */
function convertBranch(region: Region, graph: Partial<GraphMessage>): readonly ValueId[] {
  const scope = new Scope(region.scope);
  const inner = { ...region, scope };
  defineInitializers(inner, graph);
  if ((graph.input ?? []).length > 0) fail('AIT1002', 'a branch takes no inputs.');
  return available(
    convertNodes(
      inner,
      graph.node ?? [],
      (graph.output ?? []).map((info) => info.name ?? ''),
    ),
  );
}

/** Binds the initializers of a graph; those that cannot be read are reported. Throws AIT1002 for a name given twice. */
export function defineInitializers(
  { session, scope, prefix }: Pick<Region, 'session' | 'scope' | 'prefix'>,
  graph: Partial<GraphMessage>,
): void {
  const define = (name: string, read: () => ReturnType<ImportSession['tensor']>): void => {
    if (scope.owns(name)) fail('AIT1002', `initializer ${quoteName(name)} is given twice.`);
    try {
      scope.bind(name, session.builder.constant(prefix + name, read()));
    } catch (error) {
      if (!(error instanceof CompileError) || error.kind !== 'unsupported') throw error;
      session.unsupported.push(...error.diagnostics);
      scope.bind(name, 'unsupported');
    }
  };
  for (const message of graph.initializer ?? []) define(message.name ?? '', () => session.tensor(message));
  for (const message of graph.sparse_initializer ?? [])
    define(message.values?.name ?? '', () => session.sparseTensor(message));
}

function inlineFunction(
  region: Region,
  node: Partial<NodeMessage>,
  inputs: readonly (ValueId | undefined)[],
  given: readonly Partial<AttributeMessage>[],
): readonly ValueId[] {
  const { session, functions } = region;
  const called = session.functions.find(node);
  if (called === undefined) throw new Error(`nobody has checked ${node.op_type ?? ''}`);
  if (functions.includes(called)) fail('AIT1002', `the function ${functionName(called)} calls itself.`);
  const scope = new Scope();
  (called.input ?? []).forEach((name, index) => {
    const id = inputs[index];
    if (id !== undefined) scope.bind(name, id);
  });
  const body: Region = {
    session,
    scope,
    opset: opsetVersion(called.opset_import ?? []) ?? region.opset,
    prefix: `${region.prefix}${nodeName(node)}/`,
    call: callAttributes(called, given),
    functions: [...functions, called],
  };
  const nodes = withoutOmitted(called.node ?? [], new Set((called.input ?? []).filter((name) => !scope.owns(name))));
  return available(convertNodes(body, nodes, called.output ?? []));
}

/** Inputs the caller leaves out are left out where the body reads them. */
function withoutOmitted(
  nodes: readonly Partial<NodeMessage>[],
  omitted: ReadonlySet<string>,
): readonly Partial<NodeMessage>[] {
  if (omitted.size === 0) return nodes;
  return nodes.map((node) => ({
    ...node,
    input: (node.input ?? []).map((name) => (omitted.has(name) ? '' : name)),
  }));
}

function available(results: readonly (ValueId | undefined)[]): readonly ValueId[] {
  return results.map((id) => {
    if (id === undefined) throw new Unavailable();
    return id;
  });
}

/** Throws AIT1005 when there is neither a converter nor a function for the node. */
function checkOperator(region: Region, node: Partial<NodeMessage>): void {
  if (converterOf(node) !== undefined || region.session.functions.find(node) !== undefined) return;
  const where = nodeWhere(region, node);
  const domain = node.domain ?? '';
  if (isDefaultDomain(domain)) fail('AIT1005', 'the operator is not supported.', { where });
  fail('AIT1005', `the operator domain ${quoteName(domain)} is not supported.`, { where });
}

function converterOf(node: Partial<NodeMessage>): (typeof CONVERTERS)[string] | undefined {
  const type = node.op_type ?? '';
  return isDefaultDomain(node.domain ?? '') && Object.hasOwn(CONVERTERS, type) ? CONVERTERS[type] : undefined;
}

function isDefaultDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** The node's own name, or that of its first result. */
function nodeName({ name = '', output = [], op_type: type = '' }: Partial<NodeMessage>): string {
  return name === '' ? (output.find((one) => one !== '') ?? type) : name;
}

function nodeWhere({ prefix }: Pick<Region, 'prefix'>, node: Partial<NodeMessage>): string {
  return `${(node.op_type ?? '').replace(/[^A-Za-z0-9_]/g, '?').slice(0, 60)} ${quoteName(prefix + nodeName(node))}`;
}

/** Diagnostics in the order of the file, each once. */
export function distinct(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ code, where = '', message }) => {
    const key = JSON.stringify([code, where, message]);
    return !seen.has(key) && seen.add(key);
  });
}
