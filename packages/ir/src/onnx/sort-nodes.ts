import { fail, quoteName } from '../diagnostics/diagnostic.js';
import type { NodeMessage } from './messages.js';

/**
 * The nodes in an order in which every value is made before it is read; files should have it, some have not. Throws
 * AIT1002 for a name that nobody makes, for one made twice, and for a cycle.
 */
export function sortNodes(
  nodes: readonly Partial<NodeMessage>[],
  known: ReadonlySet<string>,
): readonly Partial<NodeMessage>[] {
  const maker = new Map<string, Partial<NodeMessage>>();
  for (const node of nodes) {
    for (const name of node.output ?? []) {
      if (name === '') continue;
      if (maker.has(name) || known.has(name)) fail('AIT1002', `${quoteName(name)} is made twice.`);
      maker.set(name, node);
    }
  }
  const state = new Map<Partial<NodeMessage>, 'open' | 'done'>();
  const sorted: Partial<NodeMessage>[] = [];
  for (const root of nodes) {
    // An explicit stack: a chain of a hundred thousand nodes must not overflow the call stack.
    const stack = [{ node: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      if (state.get(top.node) === 'done') {
        stack.pop();
        continue;
      }
      state.set(top.node, 'open');
      const inputs = top.node.input ?? [];
      const name = inputs[top.next++];
      if (name === undefined) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        stack.pop();
        continue;
      }
      if (name === '' || known.has(name)) continue;
      const source = maker.get(name);
      if (source === undefined) missing(top.node, name);
      if (state.get(source) === 'open') fail('AIT1002', `the graph has a cycle through ${quoteName(name)}.`);
      if (state.get(source) !== 'done') stack.push({ node: source, next: 0 });
    }
  }
  return sorted;
}

function missing(node: Partial<NodeMessage>, name: string): never {
  const own = node.name === undefined || node.name === '' ? (node.output?.[0] ?? '') : node.name;
  return fail('AIT1002', `reads ${quoteName(name)}, which is no input, no initializer and made by no node.`, {
    where: `${(node.op_type ?? '').replace(/[^A-Za-z0-9_]/g, '?').slice(0, 60)} ${quoteName(own)}`,
  });
}
