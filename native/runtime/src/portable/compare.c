#include "compare.h"

#include "walk.h"

#define RELATE(type, relation)                                                                              \
  for (size_t i = 0; i < n; i++) y[i] = ((const type *)p)[i * p_stride] relation((const type *)q)[i * q_stride]; \
  return

#define BY_RELATION(type, wide)                   \
  switch (a->mode) {                              \
    case AIT_RELATION_EQUAL: RELATE(type, ==);    \
    case AIT_RELATION_LESS: RELATE(type, <);      \
    case AIT_RELATION_LESS_OR_EQUAL: RELATE(type, <=); \
  }                                               \
  return

static size_t size_of(enum ait_portable_type type) {
#define SIZE(type, wide) return sizeof(type)
  switch (type) { AIT_TYPE_CASES(SIZE); }
  return 1;
}

/* One run along the innermost axis. */
static void task(const void *args, size_t run, void *scratch) {
  const struct ait_portable_compare_args *a = args;
  (void)scratch;
  const size_t n = a->dims[5], p_stride = a->a_stride[5], q_stride = a->b_stride[5], size = size_of(a->type);
  const unsigned char *p = (const unsigned char *)a->a + size * ait_portable_offset(a->dims, a->a_stride, 5, run);
  const unsigned char *q = (const unsigned char *)a->b + size * ait_portable_offset(a->dims, a->b_stride, 5, run);
  uint8_t *y = a->y + run * n;
  switch (a->type) { AIT_TYPE_CASES(BY_RELATION); }
}

void ait_compare__portable(const struct ait_portable_compare_args *a, struct ait_workers *workers) {
  ait_parallel(workers, ait_portable_count(a->dims, 5), task, a);
}
