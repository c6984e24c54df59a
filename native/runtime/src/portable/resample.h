#ifndef AIT_PORTABLE_RESAMPLE_H
#define AIT_PORTABLE_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"

/*
 * y[o][i][k] = Σ_t weights[t][i]·x[o][indices[t][i]][k]: x is dense [outer][from][inner], y [outer][extent][inner].
 * Indices lie in 0 … from - 1.
 */
struct ait_portable_resample_args {
  const float *x;
  float *y;
  const int32_t *indices;
  const float *weights;
  size_t outer, from, extent, inner, taps;
};

void ait_resample__portable(const struct ait_portable_resample_args *args, struct ait_workers *workers);

#endif
