export { CONVERTERS } from './convert/index.js';
export { exportOnnx } from './export.js';
export { importOnnx, type ImportOptions } from './import.js';
export { MOST_NODES } from './session.js';
export type { ExternalReader } from './tensor-data.js';
