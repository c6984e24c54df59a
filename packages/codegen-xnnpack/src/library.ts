import type { LinkedLibrary } from '@ait-rvv/codegen-core';

/** XNNPACK as programs link with it; builds of one's own are often static, and then stand on more. */
export const XNNPACK: LinkedLibrary = {
  name: 'XNNPACK',
  header: 'xnnpack.h',
  pkgConfig: 'xnnpack',
  needs: [
    { name: 'xnnpack-microkernels-prod', always: false },
    { name: 'microkernels-prod', always: false },
    { name: 'pthreadpool', always: true },
    { name: 'cpuinfo', always: false },
  ],
  advice: 'on Debian 13 and newer apt-get install libxnnpack-dev libpthreadpool-dev; or name your own build',
};

/** Functions that programs call; the release of February 2022 is the oldest to have them all. */
export const XNNPACK_FUNCTIONS: readonly string[] = [
  'xnn_create_runtime_v2',
  'xnn_define_abs',
  'xnn_define_add2',
  'xnn_define_average_pooling_2d',
  'xnn_define_ceiling',
  'xnn_define_clamp',
  'xnn_define_convolution_2d',
  'xnn_define_depthwise_convolution_2d',
  'xnn_define_divide',
  'xnn_define_floor',
  'xnn_define_fully_connected',
  'xnn_define_global_average_pooling_2d',
  'xnn_define_hardswish',
  'xnn_define_leaky_relu',
  'xnn_define_max_pooling_2d',
  'xnn_define_maximum2',
  'xnn_define_minimum2',
  'xnn_define_multiply2',
  'xnn_define_negate',
  'xnn_define_sigmoid',
  'xnn_define_softmax',
  'xnn_define_square_root',
  'xnn_define_static_constant_pad',
  'xnn_define_static_reshape',
  'xnn_define_subtract',
  'xnn_define_tensor_value',
  'xnn_setup_runtime',
];
