import type { CField, KernelInstance, KernelSource } from './kernel.js';

/** An instance of a kernel that is called once, and what else there is to say of it. */
export function oneCall(
  kernel: string,
  source: KernelSource,
  args: readonly CField[],
  more: Partial<KernelInstance> = {},
): KernelInstance {
  const { symbol, argsType } = source;
  const calls = [{ symbol, argsType, args }];
  return { kernel, parameters: {}, calls, sources: [source], scratch: [], weights: [], inPlace: [], ...more };
}
