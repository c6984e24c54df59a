import { openCache } from '@ait-rvv/tuning';

// Appends measurements of kernels NAME000, NAME001, … to a file of measurements, one at a time.
const [path, name, count] = process.argv.slice(2);
const cache = await openCache(path, 'write');
let written = 0;
try {
  for (; written < Number(count); written++) {
    const kernel = `${name}${String(written).padStart(3, '0')}`;
    const device = { name: 'sim:test', version: '1-0', vlen: 256, threads: 1, clock: 'modelled' };
    const key = {
      layer: 'l'.repeat(100),
      dtype: 'f32',
      sparsity: 'dense',
      kernel,
      parameters: {},
      kernelVersion: '0',
      device,
    };
    cache.append([{ ...key, compiler: 'c', status: 'ok', cost: written, unit: 'cycles', detail: '' }]);
  }
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
console.log(`wrote ${written}`);
