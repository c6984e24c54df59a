import type { Tensor } from '@ait-rvv/ir';
import { runOnnxRuntime } from './onnx-runtime.mjs';
import { relativeError } from './tensors.js';

/** What ONNX Runtime says of a zoo network, and how far from it a program may be. */
export interface Oracle {
  readonly output: Tensor | undefined;
  /** As a part of the output's largest magnitude: 1e-4, or ten times what ONNX Runtime's own optimiser changes. */
  readonly tolerance: number;
}

/** Asks ONNX Runtime once, when the answer is first needed. */
export function onnxOracle(onnx: Uint8Array, inputs: ReadonlyMap<string, Tensor>): () => Promise<Oracle> {
  let answer: Promise<Oracle> | undefined;
  const ask = async (): Promise<Oracle> => {
    const plain = await runOnnxRuntime(onnx, inputs, { optimise: false });
    const optimised = await runOnnxRuntime(onnx, inputs);
    const output = plain.get('output');
    return { output, tolerance: Math.max(1e-4, 10 * relativeError(optimised.get('output'), output)) };
  };
  return () => (answer ??= ask());
}
