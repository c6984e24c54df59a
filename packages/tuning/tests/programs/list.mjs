import { openCache } from '@ait-rvv/tuning';

// Prints the kernels in a file of measurements, in the order of the file.
const cache = await openCache(process.argv[2], 'read');
console.log(JSON.stringify(cache.all().map(({ kernel }) => kernel)));
cache.close();
