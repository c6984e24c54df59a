import type { Kernel } from '../kernel.js';
import { portableBatchNorm } from './batch-norm.js';
import { portableCast } from './cast.js';
import { portableCompare, portableWhere } from './choices.js';
import { portableConv2d } from './conv2d.js';
import { portableCopy } from './copy.js';
import { portableElementwise } from './elementwise.js';
import { portableGather } from './gather.js';
import { portableIndexCopy } from './index-copy.js';
import { portableScan, portableTopk } from './lines.js';
import { portableMatmul } from './matmul.js';
import { portableNormalize } from './normalize.js';
import { portablePool2d } from './pool2d.js';
import { portableReduce } from './reduce.js';
import { portableResample } from './resample.js';
import { portableScatter } from './scatter.js';
import { portableSoftmax } from './softmax.js';

/**
 * Kernels in portable C for every op of the IR, in any plain layout: what a target runs where it has nothing better.
 * To add one: its C in native/runtime/src/portable, its file here, and a line here.
 */
export const PORTABLE_KERNELS: readonly Kernel[] = [
  portableConv2d,
  portablePool2d,
  portableMatmul,
  portableElementwise,
  portableSoftmax,
  portableReduce,
  portableBatchNorm,
  portableCast,
  portableCopy,
  portableIndexCopy,
  portableGather,
  portableScatter,
  portableCompare,
  portableWhere,
  portableNormalize,
  portableScan,
  portableTopk,
  portableResample,
];
