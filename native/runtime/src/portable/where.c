#include "where.h"

#include "walk.h"

#define CHOOSE(type)                                                                                     \
  for (size_t i = 0; i < n; i++) {                                                                       \
    ((type *)y)[run * n + i] = c[i * a->c_stride[5]] ? ((const type *)a->a)[p + i * a->a_stride[5]]      \
                                                     : ((const type *)a->b)[q + i * a->b_stride[5]];     \
  }                                                                                                      \
  return

/* One run along the innermost axis. */
static void task(const void *args, size_t run, void *scratch) {
  const struct ait_portable_where_args *a = args;
  (void)scratch;
  const size_t n = a->dims[5];
  const uint8_t *c = a->c + ait_portable_offset(a->dims, a->c_stride, 5, run);
  const size_t p = ait_portable_offset(a->dims, a->a_stride, 5, run);
  const size_t q = ait_portable_offset(a->dims, a->b_stride, 5, run);
  void *y = a->y;
  switch (a->size) {
    case 1: CHOOSE(uint8_t);
    case 2: CHOOSE(uint16_t);
    case 4: CHOOSE(uint32_t);
    case 8: CHOOSE(uint64_t);
  }
}

void ait_where__portable(const struct ait_portable_where_args *a, struct ait_workers *workers) {
  ait_parallel(workers, ait_portable_count(a->dims, 5), task, a);
}
