#ifndef AIT_PORTABLE_MATMUL_H
#define AIT_PORTABLE_MATMUL_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * y[i…][m][n] = Σ_k a[i…][m][k] · b[i…][k][n] over the batch axes i…, without an epilogue. y is dense; a and b lie at
 * strides in elements, 0 where a batch axis is broadcast.
 */
struct ait_portable_matmul_args {
  const float *a;
  const float *b;
  float *y;
  size_t batch[4], a_batch[4], b_batch[4];
  size_t rows, depth, columns;
  size_t a_row, a_depth, b_depth, b_column;
};

void ait_matmul__portable(const struct ait_portable_matmul_args *args, struct ait_workers *workers);

#endif
