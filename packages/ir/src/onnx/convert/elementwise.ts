import { isFloat, type DType } from '../../core/dtype.js';
import type { ValueId } from '../../core/graph.js';
import { fromNumbers, toNumbers } from '../../core/tensor.js';
import { quoteName } from '../../diagnostics/diagnostic.js';
import { cast } from '../../ops/convert.js';
import { elementwise } from '../../ops/elementwise.js';
import { reshape } from '../../ops/regroup.js';
import { expand } from '../../ops/select.js';
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

function withAlpha(kind: 'leakyRelu' | 'elu' | 'celu' | 'thresholdedRelu', fallback: number): Convert {
  return convertUnary((node) => ({ kind, alpha: node.attributes.float('alpha', fallback) }));
}

export const convertLeakyRelu = withAlpha('leakyRelu', 0.01);
export const convertElu = withAlpha('elu', 1);
export const convertCelu = withAlpha('celu', 1);
export const convertThresholdedRelu = withAlpha('thresholdedRelu', 1);

export const convertSelu = convertUnary((node) => ({
  kind: 'selu',
  alpha: node.attributes.float('alpha', 1.6732631921768188),
  gamma: node.attributes.float('gamma', 1.0507010221481323),
}));

/** Of whole numbers the larger one of x and 0. */
export const convertRelu: Convert = (node) => {
  const x = node.input(0);
  const { dtype } = node.type(x);
  if (isFloat(dtype)) return node.steps(x, [], [{ kind: 'relu' }]);
  return node.steps(x, [node.value(fromNumbers(dtype, [], [0]), 'zero')], [{ kind: 'max', operand: 1 }]);
};

/**
 * Bounds are attributes until opset 10 and inputs from 11 on; either may be left out. Known bounds of real numbers are a
 * clamp, others a maximum and a minimum.
 */
export const convertClip: Convert = (node) => {
  const { attributes, builder } = node;
  const x = node.input(0);
  if (node.opset < 11) {
    const [min, max] = [attributes.float('min', -Infinity), attributes.float('max', Infinity)];
    return node.steps(x, [], [{ kind: 'clamp', min, max }]);
  }
  const bounds = [node.inputs[1], node.inputs[2]] as const;
  const tensors = bounds.map((id) => (id === undefined ? undefined : builder.constantTensor(id)));
  const known = bounds.every((id, index) => id === undefined || tensors[index] !== undefined);
  if (isFloat(node.type(x).dtype) && known) {
    const [min = -Infinity, max = Infinity] = tensors.map((tensor) => (tensor ? toNumbers(tensor)[0] : undefined));
    return node.steps(x, [], [{ kind: 'clamp', min, max }]);
  }
  const operands = bounds.flatMap((id) => id ?? []);
  if (operands.length === 0) return [x];
  const kinds = bounds.flatMap((id, index) => (id === undefined ? [] : [(['max', 'min'] as const)[index] ?? 'max']));
  return node.steps(
    x,
    operands.map((id) => scalar(node, id)),
    kinds.map((kind, index) => ({ kind, operand: index + 1 })),
  );
};

/** A bound may come as one element of any rank; it must not widen the result. */
function scalar(node: NodeContext, id: ValueId): ValueId {
  return node.type(id).shape.length === 0 ? id : node.emit(reshape, [id], { shape: [] }, 'bound');
}

/** Two operands, broadcast. */
export function convertBinary(kind: BinaryFunction): Convert {
  return (node) => node.steps(node.input(0), [node.input(1)], [{ kind, operand: 1 }]);
}

/** x to the power of y; base and exponent may be of different types, the result is of the base's. */
export const convertPow: Convert = (node) => {
  const [x, y] = [node.input(0), node.input(1)];
  const [base, exponent] = [node.type(x).dtype, node.type(y).dtype];
  const step: EpilogueStep = { kind: 'pow', operand: 1 };
  const as = (id: ValueId, to: DType, part: string): ValueId =>
    node.type(id).dtype === to ? id : node.emit(cast, [id], { to }, part);
  if (isFloat(base) || !isFloat(exponent)) return node.steps(x, [as(y, base, 'exponent')], [step]);
  const real = node.emit(elementwise, [as(x, 'f32', 'base'), as(y, 'f32', 'exponent')], { epilogue: [step] }, 'power');
  return node.result(cast, [real], { to: base });
};

/** The remainder with the sign of the divisor, or with fmod = 1, which real numbers ask for, that of the dividend. */
export const convertMod: Convert = (node) => {
  const kind = node.attributes.int('fmod', 0) !== 0 ? 'fmod' : 'mod';
  return node.steps(node.input(0), [node.input(1)], [{ kind, operand: 1 }]);
};

/** Operands one node takes up: the work on a node grows with them, and then with all of its steps. */
const MOST_OPERANDS = 16;

/** Any number of operands, folded from the left; `mean` divides by their number. */
export function convertVariadic(kind: 'add' | 'min' | 'max', mean = false): Convert {
  return (node) => {
    const count = node.inputs.length;
    let result = node.input(0);
    const rest = node.inputs.slice(1).map((_, index) => node.input(index + 1));
    if (rest.length === 0) return [result];
    const steps = (operands: readonly ValueId[]): EpilogueStep[] =>
      operands.map((_, index) => ({ kind, operand: index + 1 }));
    while (rest.length > MOST_OPERANDS) {
      const some = rest.splice(0, MOST_OPERANDS);
      result = node.chain(result, some, steps(some), `from${rest.length}`);
    }
    if (!mean) return node.steps(result, rest, steps(rest));
    const divisor = node.value(fromNumbers(node.type(result).dtype, [], [count]), 'count');
    return node.steps(result, [...rest, divisor], [...steps(rest), { kind: 'div', operand: rest.length + 1 }]);
  };
}

/** x·hardSigmoid(x) with slope 1/6. */
export const convertHardSwish: Convert = convertPlain('hardSwish');

export const convertIdentity: Convert = (node) => [node.input(0)];

/** At inference nothing is dropped: the mask is true everywhere, and before opset 10 of the type of x. */
export const convertDropout: Convert = (node) => {
  node.attributes.ignore('ratio', 'seed', 'is_test');
  const training = node.inputs[2] === undefined ? undefined : node.constant(2);
  if (training !== undefined && toNumbers(training)[0] !== 0) node.unsupported('training mode');
  const x = node.input(0);
  if ((node.outputs[1] ?? '') === '') return [x];
  const { dtype, shape } = node.type(x);
  const one = node.value(fromNumbers(node.opset < 10 ? dtype : 'bool', [], [1]), 'one');
  return [x, node.emit(expand, [one], { shape }, 'mask')];
};
