import { poolFirst, type Graph } from '@ait-rvv/ir';
import { RV64GCV, type Backend, type Target } from '@ait-rvv/codegen-core';
import { canFuse, canPrepare, canStage } from './fusion.js';
import { RVV_KERNELS } from './kernels/index.js';
import { winogradKernel } from './kernels/winograd.js';
import { blockedPictures, rvvLayouts } from './layouts.js';
import { pitchChoices, runsOnPitch } from './pitched.js';

export interface RvvOptions {
  /** Whether 3x3 convolutions may be computed by Winograd's algorithm, which rounds more (docs/adr/0014). */
  readonly winograd?: boolean;
  /** Threads of an inference that the program is made for; it runs with any number. */
  readonly threads?: number;
  /**
   * Pictures of so many positions or more have their rows on a zero-padded pitch, where convolutions can keep them so
   * (docs/adr/0019); default: none.
   */
  readonly pitch?: number;
}

/** The custom RVV target: channel-major kernels that run on any VLEN. */
export function rvvBackend(target: Target = RV64GCV, options: RvvOptions = {}): Backend {
  const { winograd = false, threads = 1, pitch = Infinity } = options;
  const picture = blockedPictures(target);
  const kernels = winograd ? [winogradKernel, ...RVV_KERNELS] : RVV_KERNELS;
  const fusion = { canFuse: canFuse(picture), canPrepare: canPrepare(picture), canStage: canStage(threads) };
  const onPitch = (least: number): Backend => rvvBackend(target, { ...options, pitch: least });
  return {
    id: 'rvv',
    target,
    layouts: rvvLayouts(picture, runsOnPitch(pitch)),
    ...fusion,
    rewritings: [poolFirst],
    kernels,
    rivals: (lowered: Graph) => (pitch < Infinity ? [] : pitchChoices(lowered).map(onPitch)),
  };
}
