import type { Kernel } from '@ait-rvv/codegen-core';
import { castKernel } from './cast.js';
import { compareKernel, whereKernel } from './compare.js';
import { convDirect1x1, convGemm, convGemmKept } from './conv-gemm.js';
import { convPrologue } from './conv-prologue.js';
import { channelwiseKernel } from './channelwise.js';
import { convSeparable } from './conv-separable.js';
import { convDirect } from './conv-direct.js';
import { convMec, convMecKept } from './conv-mec.js';
import { convStaged } from './conv-staged.js';
import { copyKernel } from './copy.js';
import { depthwiseKernel } from './depthwise.js';
import { elementwiseKernel } from './elementwise.js';
import { gatherKernel, scatterKernel } from './gather.js';
import { indexCopyKernel } from './index-copy.js';
import { linearKernel } from './linear.js';
import { linearDotKernel } from './linear-dot.js';
import { linearPanelKernel } from './linear-panel.js';
import { matmulKernel } from './matmul.js';
import { normalizeKernel } from './normalize.js';
import { poolKernel } from './pool.js';
import { reducePositionsKernel } from './reduce-positions.js';
import { reduceKernel } from './reduce.js';
import { repitchKernel } from './repitch.js';
import { resampleKernel } from './resample.js';
import { scanKernel, topkKernel } from './lines.js';
import { softmaxKernel } from './softmax.js';

/** Every kernel of the target, most specific first. To add one: its file, its template folder, and a line here. */
export const RVV_KERNELS: readonly Kernel[] = [
  convDirect1x1,
  convPrologue,
  convSeparable,
  depthwiseKernel,
  convDirect,
  convStaged,
  convMecKept,
  convMec,
  convGemmKept,
  convGemm,
  matmulKernel,
  // Of two that wait for memory equally long, the one with fewer instructions comes first.
  linearDotKernel,
  linearKernel,
  linearPanelKernel,
  poolKernel,
  channelwiseKernel,
  elementwiseKernel,
  compareKernel,
  whereKernel,
  castKernel,
  softmaxKernel,
  normalizeKernel,
  reducePositionsKernel,
  reduceKernel,
  topkKernel,
  scanKernel,
  resampleKernel,
  repitchKernel,
  copyKernel,
  indexCopyKernel,
  gatherKernel,
  scatterKernel,
];
