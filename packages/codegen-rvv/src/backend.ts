import { poolFirst } from '@ait-rvv/ir';
import { RV64GCV, type Backend, type Target } from '@ait-rvv/codegen-core';
import { canFuse, canPrepare, canStage } from './fusion.js';
import { RVV_KERNELS } from './kernels/index.js';
import { winogradKernel } from './kernels/winograd.js';
import { rvvLayouts } from './layouts.js';

export interface RvvOptions {
  /** Whether 3x3 convolutions may be computed by Winograd's algorithm, which rounds more (docs/adr/0014). */
  readonly winograd?: boolean;
  /** Threads of an inference that the program is made for; it runs with any number. */
  readonly threads?: number;
}

/** The custom RVV target: channel-major kernels that run on any VLEN. */
export function rvvBackend(target: Target = RV64GCV, { winograd = false, threads = 1 }: RvvOptions = {}): Backend {
  const layouts = rvvLayouts(target);
  const kernels = winograd ? [winogradKernel, ...RVV_KERNELS] : RVV_KERNELS;
  const fusion = { canFuse: canFuse(layouts), canPrepare: canPrepare(layouts), canStage: canStage(threads) };
  return { id: 'rvv', target, layouts, ...fusion, rewritings: [poolFirst], kernels };
}
