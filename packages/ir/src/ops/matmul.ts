import { fail } from '../diagnostics/diagnostic.js';
import { defineOp } from '../core/op.js';
import { broadcastShapes, elementCount, type Shape } from '../core/shape.js';
import { fromNumbers, tensorType, type Tensor } from '../core/tensor.js';
import { applyEpilogue, checkEpilogue, resultBuffer } from './epilogue.js';
import type { EpilogueStep } from './steps.js';
import { broadcastReader } from './indexing.js';

export interface MatmulAttrs {
  /** Swap the last two axes of input 0 or 1 before multiplying. */
  readonly transA: boolean;
  readonly transB: boolean;
  /** Channel axis of the result is the last one. */
  readonly epilogue: readonly EpilogueStep[];
}

/** Extents of a product: `[...batch, m, k] × [...batch, k, n]`. */
export interface MatmulDims {
  readonly batch: Shape;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * Matrix product (ONNX MatMul, Gemm without alpha and beta). Inputs of rank 2 and more, leading axes broadcast;
 * further inputs are epilogue operands.
 */
export const matmul = defineOp<MatmulAttrs>({
  kind: 'matmul',
  traits: { epilogue: true, layout: 'rowMajor' },
  infer(inputs, attrs, where) {
    const [a, b] = inputs;
    if (a === undefined || b === undefined || a.shape.length < 2 || b.shape.length < 2) {
      fail('AIT2101', 'needs two inputs of rank 2 or more', { where });
    }
    if (a.dtype !== b.dtype) fail('AIT2101', `mixes ${a.dtype} with ${b.dtype}`, { where });
    const dims = matmulDims(a.shape, b.shape, attrs);
    if (dims === undefined) {
      const message = `[${a.shape.join(',')}]${attrs.transA ? 'ᵀ' : ''} and [${b.shape.join(',')}]${attrs.transB ? 'ᵀ' : ''}`;
      fail('AIT2101', `${message} cannot be multiplied`, { where });
    }
    const type = tensorType(a.dtype, [...dims.batch, dims.m, dims.n]);
    checkEpilogue(attrs.epilogue, inputs, type, type.shape.length - 1, where);
    return [type];
  },
  evaluate(inputs, attrs) {
    const [a, b] = inputs;
    const dims = a && b ? matmulDims(a.shape, b.shape, attrs) : undefined;
    if (a === undefined || b === undefined || dims === undefined) throw new Error('matmul shapes do not fit');
    const shape = [...dims.batch, dims.m, dims.n];
    const values = resultBuffer(shape);
    multiply(values, a, b, dims, attrs);
    applyEpilogue(values, shape, attrs.epilogue, inputs, shape.length - 1);
    return [fromNumbers(a.dtype, shape, values)];
  },
  multiplyAdds(inputs, outputs, attrs) {
    const dims = matmulDims(inputs[0]?.shape ?? [], inputs[1]?.shape ?? [], attrs);
    return elementCount(outputs[0]?.shape ?? [0]) * (dims?.k ?? 0);
  },
});

/** The extents, or undefined when the shapes do not fit. */
export function matmulDims(a: Shape, b: Shape, attrs: MatmulAttrs): MatmulDims | undefined {
  const [m = 0, ka = 0] = lastTwo(a, attrs.transA);
  const [kb = 0, n = 0] = lastTwo(b, attrs.transB);
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  return batch === undefined || ka !== kb ? undefined : { batch, m, k: ka, n };
}

function lastTwo(shape: Shape, transposed: boolean): Shape {
  const tail = shape.slice(-2);
  return transposed ? tail.reverse() : tail;
}

function multiply(values: Float64Array, a: Tensor, b: Tensor, dims: MatmulDims, attrs: MatmulAttrs): void {
  const { batch, m, k, n } = dims;
  const batches = elementCount(batch);
  const matrixA = broadcastReader(a.shape.slice(0, -2), batch);
  const matrixB = broadcastReader(b.shape.slice(0, -2), batch);
  const left = a.data as Float32Array;
  const right = b.data as Float32Array;
  const [rowA, colA] = attrs.transA ? [1, m] : [k, 1];
  const [rowB, colB] = attrs.transB ? [1, k] : [n, 1];
  for (let i = 0; i < batches; i++) {
    const baseA = matrixA(i) * m * k;
    const baseB = matrixB(i) * k * n;
    for (let row = 0; row < m; row++) {
      const out = (i * m + row) * n;
      for (let kk = 0; kk < k; kk++) {
        const value = Number(left[baseA + row * rowA + kk * colA]);
        const from = baseB + kk * rowB;
        for (let col = 0; col < n; col++) {
          values[out + col] = (values[out + col] as number) + value * Number(right[from + col * colB]);
        }
      }
    }
  }
}
