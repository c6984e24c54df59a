export { collapseLoops, padLoops, type Loops } from '@ait-rvv/codegen-core';
