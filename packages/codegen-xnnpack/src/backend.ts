import { PORTABLE_KERNELS, RV64GCV, type Backend, type Target } from '@ait-rvv/codegen-core';
import { channelsLast, typeAt, type LayoutPolicy } from '@ait-rvv/ir';
import { workersSource } from './files.js';
import { canFuse } from './fusion.js';
import { joinSegments, separateSegments } from './join.js';
import { xnnpackKernel } from './kernel.js';
import { XNNPACK } from './library.js';

/** Pictures are NHWC, as XNNPACK wants them. */
const layouts: LayoutPolicy = {
  image: (graph, id) => channelsLast(typeAt(graph, id).shape.length),
  reads: () => false,
  follows: () => true,
};

export interface XnnpackOptions {
  readonly target?: Target;
  /** A subgraph for every layer instead of as few as possible: slower, but every layer can be looked at. */
  readonly perLayer?: boolean;
}

/** The XNNPACK target: subgraphs of the real library, portable C for what it lacks. */
export function xnnpackBackend({ target = RV64GCV, perLayer = false }: XnnpackOptions = {}): Backend {
  return {
    id: 'xnnpack',
    target,
    layouts,
    canFuse,
    kernels: [xnnpackKernel, ...PORTABLE_KERNELS],
    join: perLayer ? separateSegments : joinSegments,
    platform: { workers: workersSource(), library: XNNPACK },
  };
}
