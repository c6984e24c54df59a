import type { ValueId } from '../core/graph.js';

/** What a name stands for: a value of the graph, or one that could not be made because an operator is missing. */
export type Binding = ValueId | 'unsupported';

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
