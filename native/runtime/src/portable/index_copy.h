#ifndef AIT_PORTABLE_INDEX_COPY_H
#define AIT_PORTABLE_INDEX_COPY_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"

/*
 * y[i]…[n] = x[t0[i] + … + t5[n]], or `fill` where one of the table entries is negative. y is dense over dims;
 * `table` holds the six tables one after the other, offsets in elements. Elements have 4 or 8 bytes, those of `fill`
 * being its lowest. Padding of every kind and picking by constant indices are this.
 */
struct ait_portable_index_copy_args {
  const void *x;
  void *y;
  const int64_t *table;
  size_t size;
  size_t dims[6];
  uint64_t fill;
};

void ait_index_copy__portable(const struct ait_portable_index_copy_args *args, struct ait_workers *workers);

#endif
