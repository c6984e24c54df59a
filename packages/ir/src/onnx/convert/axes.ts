import { normalizeAxis } from '../../core/shape.js';
import { fail } from '../../diagnostics/diagnostic.js';
import type { NodeContext } from '../node-context.js';

/** An axis that may count from the end. Throws AIT1002 outside the rank. */
export function axisOf(node: NodeContext, axis: number, rank: number): number {
  const normal = normalizeAxis(axis, rank);
  if (normal === undefined) fail('AIT1002', `axis ${axis} is outside rank ${rank}.`, { where: node.where });
  return normal;
}

/** Whole numbers that stand in an attribute in old operator sets and in an input in new ones. */
export function numbers(node: NodeContext, attribute: string, input: number): readonly number[] | undefined {
  const given = node.attributes.ints(attribute);
  return given ?? node.wholes(input);
}
