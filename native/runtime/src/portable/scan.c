#include "scan.h"

#define SCAN(type, wide)                                                                  \
  {                                                                                       \
    wide sum = 0;                                                                         \
    for (size_t k = 0; k < a->extent; k++) {                                              \
      const size_t at = first + (a->reverse ? a->extent - 1 - k : k) * a->inner;          \
      const wide before = sum;                                                            \
      sum += (wide)((const type *)a->x)[at];                                              \
      ((type *)a->y)[at] = (type)(a->exclusive ? before : sum);                           \
    }                                                                                     \
    return;                                                                               \
  }

/* One line. */
static void task(const void *args, size_t line, void *scratch) {
  const struct ait_portable_scan_args *a = args;
  (void)scratch;
  const size_t first = line / a->inner * a->extent * a->inner + line % a->inner;
  switch (a->type) { AIT_TYPE_CASES(SCAN); }
}

void ait_scan__portable(const struct ait_portable_scan_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->outer * a->inner, task, a);
}
