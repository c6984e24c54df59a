import type { Measurement } from '@ait-rvv/tuning';

/** A measurement like those of a simulated core. */
export function measurement(changes: Partial<Measurement> = {}): Measurement {
  return {
    layer: 'conv2d {} f32[1,8,8,8] -> f32[1,8,8,8]',
    dtype: 'f32',
    sparsity: 'dense',
    kernel: 'gemm',
    parameters: { t: 7, l: 4 },
    kernelVersion: '0123456789abcdef',
    device: { name: 'sim:test', version: '1-0', vlen: 256, threads: 1, clock: 'modelled' },
    compiler: 'clang -march=rv64gcv -O3',
    status: 'ok',
    cost: 1000,
    unit: 'cycles',
    detail: 'whole',
    ...changes,
  };
}
