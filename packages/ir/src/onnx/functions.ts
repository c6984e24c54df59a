import { fail, quoteName } from '../diagnostics/diagnostic.js';
import type { AttributeMessage, FunctionMessage, NodeMessage } from './messages.js';

/** The functions a model brings along, by domain, name and overload. */
export class FunctionTable {
  readonly #functions = new Map<string, Partial<FunctionMessage>>();

  /** Throws AIT1002 for two functions that cannot be told apart. */
  constructor(functions: readonly Partial<FunctionMessage>[]) {
    for (const one of functions) {
      const key = keyOf(one.domain, one.name, one.overload);
      if (this.#functions.has(key)) fail('AIT1002', `the function ${functionName(one)} is given twice.`);
      this.#functions.set(key, one);
    }
  }

  /** The function a node calls; undefined when it is an operator. */
  find(node: Partial<NodeMessage>): Partial<FunctionMessage> | undefined {
    return this.#functions.get(keyOf(node.domain, node.op_type, node.overload));
  }

  get all(): Iterable<Partial<FunctionMessage>> {
    return this.#functions.values();
  }
}

/** `"my.domain:Block"`, as messages name a function. */
export function functionName({ domain, name }: Partial<FunctionMessage>): string {
  return quoteName(`${domain ?? ''}:${name ?? ''}`);
}

/** Attributes of a call by name: those given, and the defaults of the others. */
export function callAttributes(
  { attribute_proto: defaults = [] }: Partial<FunctionMessage>,
  given: readonly Partial<AttributeMessage>[],
): ReadonlyMap<string, Partial<AttributeMessage>> {
  return new Map([...defaults, ...given].map((attribute) => [attribute.name ?? '', attribute]));
}

/** An attribute of a function's body with the value the call gives it; undefined when the call gives none. */
export function resolveAttribute(
  attribute: Partial<AttributeMessage>,
  call: ReadonlyMap<string, Partial<AttributeMessage>>,
): Partial<AttributeMessage> | undefined {
  const reference = attribute.ref_attr_name ?? '';
  if (reference === '') return attribute;
  const value = call.get(reference);
  return value === undefined ? undefined : { ...value, name: attribute.name ?? '' };
}

function keyOf(domain = '', name = '', overload = ''): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}
