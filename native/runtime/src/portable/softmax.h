#ifndef AIT_PORTABLE_SOFTMAX_H
#define AIT_PORTABLE_SOFTMAX_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * y[o][i][l] = exp(x[o][i][l] − max_i) / Σ_i exp(x[o][i][l] − max_i), or with `log` the logarithm of that; x and y dense
 * [outer][axis][inner].
 * y may be x.
 */
struct ait_portable_softmax_args {
  const float *x;
  float *y;
  size_t outer, axis, inner, log;
};

void ait_softmax__portable(const struct ait_portable_softmax_args *args, struct ait_workers *workers);

#endif
