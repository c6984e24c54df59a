#include "scatter.h"

/* The row an index means, or -1 for none. */
static ptrdiff_t row_of(const struct ait_portable_scatter_args *a, size_t i) {
  int64_t at = a->index_size == 4 ? ((const int32_t *)a->indices)[i] : ((const int64_t *)a->indices)[i];
  if (at < 0) at += (int64_t)a->rows;
  return at < 0 || (uint64_t)at >= a->rows ? -1 : (ptrdiff_t)at;
}

#define WRITE(type, wide)                                                                   \
  {                                                                                         \
    const type *x = a->x;                                                                   \
    type *y = a->y;                                                                         \
    for (size_t row = 0; row < a->rows; row++) y[row * a->width + column] = x[row * a->width + column]; \
    for (size_t i = 0; i < a->count; i++) {                                                 \
      const ptrdiff_t row = row_of(a, i);                                                   \
      if (row < 0) continue;                                                                \
      type *to = y + (size_t)row * a->width + column;                                       \
      const type v = ((const type *)a->updates)[i * a->width + column];                     \
      switch (a->mode) {                                                                    \
        case AIT_UPDATE_REPLACE: *to = v; break;                                            \
        case AIT_UPDATE_ADD: *to = (type)((wide)*to + (wide)v); break;                      \
        case AIT_UPDATE_MUL: *to = (type)((wide)*to * (wide)v); break;                      \
        case AIT_UPDATE_MIN: *to = *to != *to || *to < v ? *to : v; break;                  \
        case AIT_UPDATE_MAX: *to = *to != *to || *to > v ? *to : v; break;                  \
      }                                                                                     \
    }                                                                                       \
    return;                                                                                 \
  }

/* One column of all rows. */
static void task(const void *args, size_t column, void *scratch) {
  const struct ait_portable_scatter_args *a = args;
  (void)scratch;
  switch (a->type) { AIT_TYPE_CASES(WRITE); }
}

void ait_scatter__portable(const struct ait_portable_scatter_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->width, task, a);
}
