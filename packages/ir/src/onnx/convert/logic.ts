import { isFloat } from '../../core/dtype.js';
import type { ValueId } from '../../core/graph.js';
import { fromNumbers } from '../../core/tensor.js';
import { compare, where, type CompareAttrs } from '../../ops/compare.js';
import { elementwise } from '../../ops/elementwise.js';
import type { Convert } from '../node-context.js';

/** A comparison; `swapped` exchanges the operands, which makes "greater" of "less". */
export function convertCompare(mode: CompareAttrs['mode'], swapped = false): Convert {
  return (node) => {
    const [a, b] = [node.input(0), node.input(1)];
    return node.result(compare, swapped ? [b, a] : [a, b], { mode });
  };
}

export const convertWhere: Convert = (node) => node.result(where, [node.input(0), node.input(1), node.input(2)], {});

/** A NaN is what does not equal itself. */
export const convertIsNaN: Convert = (node) => {
  const x = node.input(0);
  const equal = node.emit(compare, [x, x], { mode: 'equal' }, 'equal');
  return node.steps(equal, [], [{ kind: 'not' }]);
};

export const convertIsInf: Convert = (node) => {
  const x = node.input(0);
  const { dtype, shape } = node.type(x);
  const positive = node.attributes.int('detect_positive', 1) !== 0;
  const negative = node.attributes.int('detect_negative', 1) !== 0;
  if (!isFloat(dtype)) node.unsupported(`elements of ${dtype}`);
  const infinity = (value: number, part: string): ValueId => node.value(fromNumbers(dtype, [], [value]), part);
  if (!positive && !negative) {
    return [node.value({ dtype: 'bool', shape, data: node.allocate('bool', shape).data }, 'none')];
  }
  if (positive !== negative) {
    return node.result(compare, [x, infinity(positive ? Infinity : -Infinity, 'infinity')], { mode: 'equal' });
  }
  const size = node.emit(elementwise, [x], { epilogue: [{ kind: 'abs' }] }, 'magnitude');
  return node.result(compare, [size, infinity(Infinity, 'infinity')], { mode: 'equal' });
};
