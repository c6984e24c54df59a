#ifndef AIT_PORTABLE_COPY_H
#define AIT_PORTABLE_COPY_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * y[Σ index·y_stride] = x[Σ index·x_stride] over the box dims, elements of `size` bytes (1, 2, 4 or 8), strides in
 * elements; a negative one (as its two's complement) runs backwards, 0 repeats. Transposes, slices, joins and
 * broadcasts are this.
 */
struct ait_portable_copy_args {
  const void *x;
  void *y;
  size_t size;
  size_t dims[6], x_stride[6], y_stride[6];
};

void ait_copy__portable(const struct ait_portable_copy_args *args, struct ait_workers *workers);

#endif
