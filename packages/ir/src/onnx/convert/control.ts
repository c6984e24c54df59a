import { toNumbers } from '../../core/tensor.js';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Convert } from '../node-context.js';

/** If with a condition that is known: the branch it chooses stands in place of the node. */
export const convertIf: Convert = (node) => {
  const condition = node.constant(0);
  const branches = [node.attributes.graph('else_branch'), node.attributes.graph('then_branch')];
  const [value] = condition === undefined ? [] : toNumbers(condition);
  const branch = value === undefined ? undefined : branches[Number(value !== 0)];
  if (branch === undefined) fail('AIT1002', 'a condition or a branch is missing.', { where: node.where });
  return node.inline(branch);
};
