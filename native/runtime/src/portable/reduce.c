#include "reduce.h"

#include <math.h>

static size_t product(const size_t *dims) { return dims[0] * dims[1] * dims[2] * dims[3] * dims[4] * dims[5]; }

static size_t offset(const size_t *dims, const size_t *stride, size_t index) {
  size_t at = 0;
  for (size_t axis = 6; axis > 0; axis--) {
    at += index % dims[axis - 1] * stride[axis - 1];
    index /= dims[axis - 1];
  }
  return at;
}

static float neutral(enum ait_portable_reduction mode) {
  switch (mode) {
    case AIT_REDUCE_MAX: return -INFINITY;
    case AIT_REDUCE_MIN: return INFINITY;
    case AIT_REDUCE_PROD: return 1;
    default: return 0;
  }
}

static float combine(enum ait_portable_reduction mode, float a, float x) {
  switch (mode) {
    case AIT_REDUCE_MAX: return x > a || x != x ? x : a;
    case AIT_REDUCE_MIN: return x < a || x != x ? x : a;
    case AIT_REDUCE_PROD: return a * x;
    case AIT_REDUCE_SUM_ABS: return a + fabsf(x);
    case AIT_REDUCE_SUM_SQUARES: return a + x * x;
    default: return a + x;
  }
}

/* One result. */
static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_reduce_args *a = args;
  (void)scratch;
  const float *x = a->x + offset(a->kept, a->kept_stride, index);
  const size_t count = product(a->reduced);
  float value = neutral(a->mode);
  for (size_t r = 0; r < count; r++) value = combine(a->mode, value, x[offset(a->reduced, a->reduced_stride, r)]);
  a->y[index] = a->mode == AIT_REDUCE_MEAN ? value / (float)count : value;
}

void ait_reduce__portable(const struct ait_portable_reduce_args *a, struct ait_workers *workers) {
  ait_parallel(workers, product(a->kept), task, a);
}
