#ifndef AIT_PORTABLE_WHERE_H
#define AIT_PORTABLE_WHERE_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"

/*
 * y[i…] = c[i…] ? a[i…] : b[i…] over dims, y dense, elements of `size` bytes. The others are read at Σ index·stride.
 */
struct ait_portable_where_args {
  const uint8_t *c;
  const void *a, *b;
  void *y;
  size_t size;
  size_t dims[6], c_stride[6], a_stride[6], b_stride[6];
};

void ait_where__portable(const struct ait_portable_where_args *args, struct ait_workers *workers);

#endif
