import { fail } from '../diagnostics/diagnostic.js';
import { allocateData } from '../core/dtype.js';
import { defineOp } from '../core/op.js';
import { broadcastShapes, elementCount, type Shape } from '../core/shape.js';
import { tensorType, type TensorType } from '../core/tensor.js';
import { broadcastReader } from './indexing.js';

export interface CompareAttrs {
  /** What holds between input 0 and input 1; the other relations are these with the inputs exchanged. */
  readonly mode: keyof typeof RELATIONS;
}

/** Relations between two elements of one type; NaN stands in none. */
export const RELATIONS = {
  equal: <T>(a: T, b: T) => a === b,
  less: <T>(a: T, b: T) => a < b,
  lessOrEqual: <T>(a: T, b: T) => a <= b,
} as const;

/** Elementwise comparison with broadcasting, giving truth values (ONNX Equal, Less, LessOrEqual). */
export const compare = defineOp<CompareAttrs>({
  kind: 'compare',
  traits: { elementwise: true, layout: 'follow' },
  infer(inputs, _attrs, where) {
    const [a, b] = inputs;
    if (a === undefined || b === undefined) fail('AIT2101', 'needs two inputs', { where });
    if (a.dtype !== b.dtype) fail('AIT2101', `compares ${a.dtype} with ${b.dtype}`, { where });
    return [tensorType('bool', commonShape(inputs, where))];
  },
  evaluate([a, b], { mode }) {
    if (a === undefined || b === undefined) throw new Error('compare needs two inputs');
    const shape = broadcastShapes(a.shape, b.shape) ?? [];
    const data = new Uint8Array(elementCount(shape));
    const [left, right] = [broadcastReader(a.shape, shape), broadcastReader(b.shape, shape)];
    const holds: (x: number | bigint, y: number | bigint) => boolean = RELATIONS[mode];
    for (let i = 0; i < data.length; i++) data[i] = Number(holds(a.data[left(i)] ?? 0, b.data[right(i)] ?? 0));
    return [{ dtype: 'bool', shape, data }];
  },
});

/** Elements of input 1 where input 0 is true, of input 2 where it is not, all broadcast (ONNX Where). */
export const where = defineOp<Record<string, never>>({
  kind: 'where',
  traits: { elementwise: true, layout: 'follow' },
  infer(inputs, _attrs, where) {
    const [condition, a, b] = inputs;
    if (condition === undefined || a === undefined || b === undefined) {
      fail('AIT2101', 'needs a condition and two inputs', { where });
    }
    if (condition.dtype !== 'bool') fail('AIT2101', `the condition is ${condition.dtype}, not bool`, { where });
    if (a.dtype !== b.dtype) fail('AIT2101', `chooses between ${a.dtype} and ${b.dtype}`, { where });
    return [tensorType(a.dtype, commonShape(inputs, where))];
  },
  evaluate([condition, a, b]) {
    if (condition === undefined || a === undefined || b === undefined) throw new Error('where needs three inputs');
    const shape = broadcastShapes(condition.shape, a.shape, b.shape) ?? [];
    const data = allocateData(a.dtype, elementCount(shape)) as Float32Array;
    const chosen = broadcastReader(condition.shape, shape);
    const [first, second] = [broadcastReader(a.shape, shape), broadcastReader(b.shape, shape)];
    for (let i = 0; i < data.length; i++) {
      data[i] = (condition.data[chosen(i)] ? a.data[first(i)] : b.data[second(i)]) as number;
    }
    return [{ dtype: a.dtype, shape, data }];
  },
});

function commonShape(inputs: readonly TensorType[], where: string): Shape {
  const shapes = inputs.map((input) => input.shape);
  const shape = broadcastShapes(...shapes);
  if (shape !== undefined) return shape;
  const list = shapes.map((one) => `[${one.join(',')}]`).join(' and ');
  return fail('AIT2101', `shapes ${list} cannot be broadcast together`, { where });
}
