export { readNpy, writeNpy } from './npy.js';
export { crc32, readNpz, writeNpz, type Inflate } from './npz.js';
export { RandomSource, seedFor } from './random.js';
export { readSafetensors, writeSafetensors } from './safetensors.js';
