export { rvvBackend, type RvvOptions } from './backend.js';
export { bindEpilogue, channelWalk, rowWalk, type BoundEpilogue, type TemplateStep, type Walk } from './epilogue.js';
export { expandTemplate } from './expand.js';
export { F32, TEMPLATE_DTYPES, type TemplateDType } from './template-dtypes.js';
export { RVV_KERNELS } from './kernels/index.js';
export { fitsEpilogue, fitsRegisters, temporaryGroups } from './limits.js';
export { bindWeights, fitsTile, type BoundWeights, type WeightLayout } from './packing.js';
export { kernelSource, type SourceRequest } from './sources.js';
export { TILES, type Tile } from './tiles.js';
