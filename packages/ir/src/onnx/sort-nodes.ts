import { fail, quoteName } from '../diagnostics/diagnostic.js';
import type { GraphMessage, NodeMessage } from './messages.js';
import type { Scope } from './scope.js';

/**
 * The nodes in an order in which every value is made before it is read; files should have it, some have not. Throws
 * AIT1002 for a name that nobody makes, for one made twice, and for a cycle.
 */
export function sortNodes(nodes: readonly Partial<NodeMessage>[], scope: Scope): readonly Partial<NodeMessage>[] {
  const maker = new Map<string, Partial<NodeMessage>>();
  for (const node of nodes) {
    for (const name of node.output ?? []) {
      if (name === '') continue;
      if (maker.has(name) || scope.owns(name)) fail('AIT1002', `${quoteName(name)} is made twice.`);
      maker.set(name, node);
    }
  }
  const state = new Map<Partial<NodeMessage>, 'open' | 'done'>();
  const sorted: Partial<NodeMessage>[] = [];
  for (const root of nodes) {
    // An explicit stack: a chain of a hundred thousand nodes must not overflow the call stack.
    const stack = [{ node: root, next: 0, reads: namesRead(root) }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      if (state.get(top.node) === 'done') {
        stack.pop();
        continue;
      }
      state.set(top.node, 'open');
      const name = top.reads[top.next++];
      if (name === undefined) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        stack.pop();
        continue;
      }
      if (name === '') continue;
      const source = maker.get(name);
      if (source === undefined) {
        if (scope.find(name) === undefined) missing(top.node, name);
        continue;
      }
      if (state.get(source) === 'open') fail('AIT1002', `the graph has a cycle through ${quoteName(name)}.`);
      if (state.get(source) !== 'done') stack.push({ node: source, next: 0, reads: namesRead(source) });
    }
  }
  return sorted;
}

/** Of sorted nodes, those that the outputs depend on. */
export function liveNodes(
  sorted: readonly Partial<NodeMessage>[],
  outputs: readonly string[],
): readonly Partial<NodeMessage>[] {
  const wanted = new Set(outputs);
  const live = sorted.toReversed().filter((node) => {
    const needed = (node.output ?? []).some((name) => name !== '' && wanted.has(name));
    if (needed) for (const name of namesRead(node)) wanted.add(name);
    return needed;
  });
  return live.reverse();
}

/** Inputs of a node, and what the graphs in its attributes read from around it. */
function namesRead(node: Partial<NodeMessage>): readonly string[] {
  const graphs = (node.attribute ?? []).flatMap(({ g, graphs: more = [] }) => [...(g ? [g] : []), ...more]);
  return graphs.length === 0 ? (node.input ?? []) : [...(node.input ?? []), ...graphs.flatMap(freeNames)];
}

/** Names a graph reads without making them. */
function freeNames({ input = [], initializer = [], node = [], output = [] }: Partial<GraphMessage>): readonly string[] {
  const own = new Set([...input, ...initializer].map((one) => one.name ?? ''));
  for (const one of node) for (const name of one.output ?? []) own.add(name);
  const read = [...node.flatMap(namesRead), ...output.map((one) => one.name ?? '')];
  return read.filter((name) => !own.has(name));
}

function missing(node: Partial<NodeMessage>, name: string): never {
  const own = node.name === undefined || node.name === '' ? (node.output?.[0] ?? '') : node.name;
  return fail('AIT1002', `reads ${quoteName(name)}, which is no input, no initializer and made by no node.`, {
    where: `${(node.op_type ?? '').replace(/[^A-Za-z0-9_]/g, '?').slice(0, 60)} ${quoteName(own)}`,
  });
}
