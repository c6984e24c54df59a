export {
  activation,
  add,
  averagePool,
  batchNorm,
  concat,
  conv2d,
  flatten,
  globalAveragePool,
  linear,
  maxPool,
  mul,
  relu,
  relu6,
  softmax,
  type Conv2dOptions,
  type PoolOptions,
} from './layers.js';
export { ModelScope, type Filling } from './module.js';
