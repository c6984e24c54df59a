#ifndef AIT_PORTABLE_BATCH_NORM_H
#define AIT_PORTABLE_BATCH_NORM_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * y[o][c][i] = (x[o][c][i] − mean[c]) · scale[c] / sqrt(variance[c] + epsilon) + bias[c], x and y dense
 * [outer][channels][inner]. y may be x.
 */
struct ait_portable_batch_norm_args {
  const float *x;
  const float *scale, *bias, *mean, *variance;
  float *y;
  float epsilon;
  size_t outer, channels, inner;
};

void ait_batch_norm__portable(const struct ait_portable_batch_norm_args *args, struct ait_workers *workers);

#endif
