export { xnnpackBackend, type XnnpackOptions } from './backend.js';
export { XNNPACK, XNNPACK_FUNCTIONS } from './library.js';
export { translate } from './translate/index.js';
export type { Translation } from './translation.js';
