import type { ValueId } from '../../core/graph.js';
import { quoteName } from '../../diagnostics/diagnostic.js';
import { toNumbers } from '../../core/tensor.js';
import type { BinaryFunction, EpilogueStep, PlainFunction } from '../../ops/steps.js';
import type { Convert, NodeContext } from '../node-context.js';

/** An operator that is one step without parameters. */
export function convertPlain(kind: PlainFunction): Convert {
  return (node) => node.steps(node.input(0), [], [{ kind }]);
}

/** An operator of one operand with attributes. */
export function convertUnary(step: (node: NodeContext) => EpilogueStep): Convert {
  return (node) => node.steps(node.input(0), [], [step(node)]);
}

export const convertLeakyRelu = convertUnary((node) => ({
  kind: 'leakyRelu',
  alpha: node.attributes.float('alpha', 0.01),
}));

export const convertHardSigmoid = convertUnary((node) => ({
  kind: 'hardSigmoid',
  alpha: node.attributes.float('alpha', 0.2),
  beta: node.attributes.float('beta', 0.5),
}));

export const convertGelu = convertUnary((node) => {
  const form = node.attributes.string('approximate', 'none');
  if (form !== 'none' && form !== 'tanh') node.unsupported(`approximate = ${quoteName(form)}`);
  return { kind: 'gelu', approximate: form === 'tanh' };
});

/** Bounds are attributes until opset 10 and inputs from 11 on; either may be left out. */
export const convertClip = convertUnary((node) => {
  if (node.opset < 11) {
    return { kind: 'clamp', min: node.attributes.float('min', -Infinity), max: node.attributes.float('max', Infinity) };
  }
  const bound = (index: number, fallback: number): number => {
    const tensor = node.constant(index);
    return tensor === undefined ? fallback : (toNumbers(tensor)[0] ?? fallback);
  };
  return { kind: 'clamp', min: bound(1, -Infinity), max: bound(2, Infinity) };
});

/** Two operands, broadcast. */
export function convertBinary(kind: BinaryFunction): Convert {
  return (node) => node.steps(node.input(0), [node.input(1)], [{ kind, operand: 1 }]);
}

/** Any number of operands, folded from the left; `mean` divides by their number. */
export function convertVariadic(kind: 'add' | 'min' | 'max', mean = false): Convert {
  return (node) => {
    const count = node.inputs.length;
    const [first, ...rest] = node.inputs.map((_, index) => node.input(index)) as [ValueId, ...ValueId[]];
    if (count === 1) return [first];
    const divisor = mean ? [node.value({ dtype: 'f32', shape: [], data: Float32Array.of(count) }, 'count')] : [];
    const steps = rest.map((_, index): EpilogueStep => ({ kind, operand: index + 1 }));
    return node.steps(first, [...rest, ...divisor], mean ? [...steps, { kind: 'div', operand: count }] : steps);
  };
}

/** x·hardSigmoid(x) with slope 1/6. */
export const convertHardSwish: Convert = convertPlain('hardSwish');

export const convertIdentity: Convert = (node) => [node.input(0)];

/** At inference nothing is dropped; the mask is not supported. */
export const convertDropout: Convert = (node) => {
  node.attributes.ignore('ratio', 'seed', 'is_test');
  const training = node.inputs[2] === undefined ? undefined : node.constant(2);
  if (training !== undefined && toNumbers(training)[0] !== 0) node.unsupported('training mode');
  if ((node.outputs[1] ?? '') !== '') node.unsupported('the mask');
  return [node.input(0)];
};
