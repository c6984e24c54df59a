#ifndef AIT_PORTABLE_GATHER_H
#define AIT_PORTABLE_GATHER_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * y[o][j][i] = x[o][indices[j]][i], x [outer][extent][inner] and y [outer][count][inner], elements of `size` bytes.
 * Indices are int32_t or int64_t (index_size 4 or 8); negative ones count from the end. An index outside of x reads
 * nothing and gives zeros.
 */
struct ait_portable_gather_args {
  const void *x;
  const void *indices;
  void *y;
  size_t size, index_size;
  size_t outer, extent, count, inner;
};

void ait_gather__portable(const struct ait_portable_gather_args *args, struct ait_workers *workers);

#endif
