import type { Tensor } from '../core/tensor.js';
import { tensorType } from '../core/tensor.js';
import { fail, quoteName } from '../diagnostics/diagnostic.js';
import type { Region } from './convert-nodes.js';
import { inputShape } from './input-shape.js';
import type { GraphMessage, ValueInfoMessage } from './messages.js';
import { ELEMENT_TYPES, elementTypeName } from './tensor-data.js';

/** What the caller says about the inputs of a model. */
export interface InputOptions {
  /** Shapes of inputs whose dimensions are symbolic. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  /** Inputs bound to a value; they become constants. */
  readonly constants?: ReadonlyMap<string, Tensor>;
}

/** UTF-16 units of a name that callers must spell: it becomes a C string and the name of a file in an archive. */
const LONGEST_NAME = 1000;

/** Binds the inputs of the model; what is no tensor we know is reported and its name bound to `unsupported`. */
export function defineInputs(region: Region, graph: GraphMessage, options: InputOptions): void {
  const { session, scope } = region;
  // Before IR version 4 every initializer had to be listed as an input, too.
  const initializers = new Set([
    ...graph.initializer.map((tensor) => tensor.name ?? ''),
    ...(graph.sparse_initializer ?? []).map((tensor) => tensor.values?.name ?? ''),
  ]);
  const inputs = graph.input.filter((info) => !initializers.has(info.name ?? ''));
  checkNames('input', inputs);
  const known = new Set(inputs.map((info) => info.name ?? ''));
  for (const name of [...(options.shapes?.keys() ?? []), ...(options.constants?.keys() ?? [])]) {
    if (known.has(name)) continue;
    const list = [...known].map((input) => quoteName(input)).join(', ');
    fail('AIT1003', `the model has no input ${quoteName(name)}.`, { hint: `It has ${list === '' ? 'none' : list}.` });
  }
  for (const info of inputs) {
    const name = info.name ?? '';
    const bound = options.constants?.get(name);
    if (bound !== undefined) scope.bind(name, session.builder.constant(name, bound));
    else defineInput(region, info, options.shapes?.get(name));
  }
}

function defineInput({ session, scope }: Region, info: ValueInfoMessage, shape: readonly number[] | undefined): void {
  const name = info.name ?? '';
  const where = `input ${quoteName(name)}`;
  const type = info.type?.tensor_type;
  const dtype = ELEMENT_TYPES[type?.elem_type ?? 0];
  if (dtype !== undefined) {
    scope.bind(name, session.builder.input(name, tensorType(dtype, inputShape(info, shape))));
    return;
  }
  const isTensor = type !== undefined && type !== null;
  session.unsupported.push(
    isTensor
      ? { code: 'AIT2103', where, message: `element type ${elementTypeName(type.elem_type ?? 0)} is not supported.` }
      : { code: 'AIT1005', where, message: 'is no tensor.' },
  );
  scope.bind(name, 'unsupported');
}

/** Names of the outputs in order. Throws AIT1002 when there are none, or for names that no caller could use. */
export function outputNames(graph: GraphMessage): readonly string[] {
  if (graph.output.length === 0) fail('AIT1002', 'the model has no output.');
  checkNames('output', graph.output);
  return graph.output.map((info) => info.name ?? '');
}

function checkNames(role: 'input' | 'output', infos: readonly ValueInfoMessage[]): void {
  const seen = new Set<string>();
  infos.forEach(({ name = '' }, index) => {
    if (name === '') fail('AIT1002', `${role} ${index} has no name.`);
    if (seen.has(name)) fail('AIT1002', `${role} ${quoteName(name)} is listed twice.`);
    if (name.includes('\0')) fail('AIT1002', `the name of ${role} ${quoteName(name)} holds a NUL character.`);
    if (name.length > LONGEST_NAME) {
      fail('AIT1002', `the name of ${role} ${index} is longer than ${LONGEST_NAME} characters.`);
    }
    seen.add(name);
  });
}
