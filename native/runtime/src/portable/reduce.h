#ifndef AIT_PORTABLE_REDUCE_H
#define AIT_PORTABLE_REDUCE_H

#include <stddef.h>

#include "ait/workers.h"

enum ait_portable_reduction { AIT_REDUCE_SUM, AIT_REDUCE_MEAN, AIT_REDUCE_MAX, AIT_REDUCE_MIN, AIT_REDUCE_PROD, AIT_REDUCE_SUM_ABS, AIT_REDUCE_SUM_SQUARES };

/*
 * y[i…] = reduction of x[Σ i·kept_stride + Σ r·reduced_stride] over all r; y is dense over the kept extents. Strides in
 * elements.
 */
struct ait_portable_reduce_args {
  const float *x;
  float *y;
  enum ait_portable_reduction mode;
  size_t kept[6], kept_stride[6];
  size_t reduced[6], reduced_stride[6];
};

void ait_reduce__portable(const struct ait_portable_reduce_args *args, struct ait_workers *workers);

#endif
