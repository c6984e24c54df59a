import { considerKernels, isMismatch, type Backend, type Candidate } from '@ait-rvv/codegen-core';
import type { Layer } from './layer.js';
import { parametersText } from '../cache/measurement.js';

/** A legal way to compute a layer. */
export interface Choice {
  readonly candidate: Candidate;
  /** Kernel and parameters: equal for equal choices. */
  readonly text: string;
}

export function choiceText({ kernel, parameters }: Pick<Candidate, 'kernel' | 'parameters'>): string {
  return `${kernel} ${parametersText(parameters)}`;
}

/** Everything the kernels offer for a layer, the cheapest by the estimate first. */
export function offeredChoices({ graph, node }: Layer, backend: Backend): readonly Choice[] {
  const offered = considerKernels(graph, node, backend).flatMap(({ candidates }) => candidates);
  // A stable sort: of equal costs the one that selection would take comes first.
  return [...offered].sort((a, b) => a.cost - b.cost).map((candidate) => ({ candidate, text: choiceText(candidate) }));
}

/** Choices near one that the estimate cannot tell from it. */
export function nearChoices({ graph, node }: Layer, backend: Backend, { candidate }: Choice): readonly Choice[] {
  const kernel = backend.kernels.find(({ id }) => id === candidate.kernel);
  const near = kernel?.vary(node, { graph, target: backend.target }, candidate) ?? [];
  return near.map((one) => ({ candidate: one, text: choiceText(one) }));
}

/** The choice for a smaller layer of the same kind; undefined where the kernel does not take it. */
export function adopted(
  { graph, node }: Pick<Layer, 'graph' | 'node'>,
  backend: Backend,
  { candidate }: Choice,
): Candidate | undefined {
  const kernel = backend.kernels.find(({ id }) => id === candidate.kernel);
  const taken = kernel?.adopt(node, { graph, target: backend.target }, candidate);
  return taken === undefined || isMismatch(taken) ? undefined : taken;
}
