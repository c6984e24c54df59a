import type { ValueId } from '../core/graph.js';

/** A result that nothing makes although its node was read: to be reported if somebody wants it. */
export interface Absent {
  /** The node, ready for reading. */
  readonly where: string;
  /** Which of the node's results. */
  readonly output: number;
}

/**
 * What a name stands for: a value of the graph, one that could not be made because an operator is missing, or a result
 * its operator does not have.
 */
export type Binding = ValueId | 'unsupported' | Absent;

/**
 * The names of one ONNX graph. A branch of an `If` sees the names around it as well; the body of a function sees none
 * but its own.
 */
export class Scope {
  readonly #outer: Scope | undefined;
  readonly #bindings = new Map<string, Binding>();

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  bind(name: string, binding: Binding): void {
    this.#bindings.set(name, binding);
  }

  /** True for a name of this graph itself. */
  owns(name: string): boolean {
    return this.#bindings.has(name);
  }

  find(name: string): Binding | undefined {
    return this.#bindings.get(name) ?? this.#outer?.find(name);
  }
}
