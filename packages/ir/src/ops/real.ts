import { isFloat } from '../core/dtype.js';
import type { TensorType } from '../core/tensor.js';
import { fail } from '../diagnostics/diagnostic.js';

/** Refuses whole numbers and truth values where an op is defined on real numbers only. Throws AIT2103. */
export function requireReal({ dtype }: TensorType, what: string, where: string): void {
  if (!isFloat(dtype)) fail('AIT2103', `${what} of ${dtype} makes no sense`, { where });
}
