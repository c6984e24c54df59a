import type { Tensor } from '@ait-rvv/ir';

export function runOnnxRuntime(
  model: string | Uint8Array,
  inputs: ReadonlyMap<string, Tensor>,
  options?: { readonly optimise?: boolean },
): Promise<ReadonlyMap<string, Tensor>>;
