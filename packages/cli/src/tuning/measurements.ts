import { text, type Values } from '@ait-rvv/command';
import type { Backend } from '@ait-rvv/codegen-core';
import { openCache, pickSetting, type Picked } from '@ait-rvv/tuning';

/** The measurements of a file that suit a program, of kernels that it may use. */
export async function readMeasurements(
  path: string,
  backend: Backend,
  threads: number,
  values: Values,
): Promise<Picked> {
  const cache = await openCache(path, 'read');
  try {
    const device = text(values, 'tuned-on');
    const wish = { threads, march: backend.target.march, ...(device === undefined ? {} : { device }) };
    const picked = pickSetting(cache.all(), wish);
    const kernels = new Set(backend.kernels.map(({ id }) => id));
    return { ...picked, measurements: picked.measurements.filter(({ kernel }) => kernels.has(kernel)) };
  } finally {
    cache.close();
  }
}
