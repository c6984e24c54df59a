#ifndef AIT_PORTABLE_NORMALIZE_H
#define AIT_PORTABLE_NORMALIZE_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"

/*
 * y = (x - mean) / sqrt(variance + epsilon), mean and variance over the reduced axes; x and y lie alike: at
 * Σ k·kept_stride + Σ r·reduced_stride. y may be x.
 */
struct ait_portable_normalize_args {
  const float *x;
  float *y;
  size_t kept[6], kept_stride[6];
  size_t reduced[6], reduced_stride[6];
  float epsilon;
};

void ait_normalize__portable(const struct ait_portable_normalize_args *args, struct ait_workers *workers);

#endif
