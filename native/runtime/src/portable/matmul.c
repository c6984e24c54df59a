#include "matmul.h"

/* One row of the result: columns of b that are contiguous are added up a whole row at a time. */
static void multiply_row(const struct ait_portable_matmul_args *p, const float *a, const float *b, float *y) {
  for (size_t n = 0; n < p->columns; n++) y[n] = 0;
  if (p->b_column == 1) {
    for (size_t k = 0; k < p->depth; k++) {
      const float value = a[k * p->a_depth];
      const float *row = b + k * p->b_depth;
      for (size_t n = 0; n < p->columns; n++) y[n] += value * row[n];
    }
    return;
  }
  for (size_t n = 0; n < p->columns; n++) {
    const float *column = b + n * p->b_column;
    float sum = 0;
    for (size_t k = 0; k < p->depth; k++) sum += a[k * p->a_depth] * column[k * p->b_depth];
    y[n] = sum;
  }
}

static void task(const void *args, size_t row, void *scratch) {
  const struct ait_portable_matmul_args *p = args;
  (void)scratch;
  const float *a = p->a + row % p->rows * p->a_row;
  const float *b = p->b;
  size_t index = row / p->rows;
  for (size_t axis = 4; axis > 0; axis--) {
    const size_t i = index % p->batch[axis - 1];
    index /= p->batch[axis - 1];
    a += i * p->a_batch[axis - 1];
    b += i * p->b_batch[axis - 1];
  }
  multiply_row(p, a, b, p->y + row * p->columns);
}

void ait_matmul__portable(const struct ait_portable_matmul_args *p, struct ait_workers *workers) {
  ait_parallel(workers, p->batch[0] * p->batch[1] * p->batch[2] * p->batch[3] * p->rows, task, p);
}
