import type { Kernel } from '@ait-rvv/codegen-core';
import { convDirect1x1, convGemm, convStaged } from './conv-gemm.js';
import { channelwiseKernel } from './channelwise.js';
import { copyKernel } from './copy.js';
import { depthwiseKernel } from './depthwise.js';
import { elementwiseKernel } from './elementwise.js';
import { indexCopyKernel } from './index-copy.js';
import { linearKernel } from './linear.js';
import { matmulKernel } from './matmul.js';
import { poolKernel } from './pool.js';
import { reducePositionsKernel } from './reduce-positions.js';
import { reduceKernel } from './reduce.js';
import { softmaxKernel } from './softmax.js';

/** Every kernel of the target, most specific first. To add one: its file, its template folder, and a line here. */
export const RVV_KERNELS: readonly Kernel[] = [
  convDirect1x1,
  depthwiseKernel,
  convStaged,
  convGemm,
  matmulKernel,
  linearKernel,
  poolKernel,
  channelwiseKernel,
  elementwiseKernel,
  softmaxKernel,
  reducePositionsKernel,
  reduceKernel,
  copyKernel,
  indexCopyKernel,
];
