#include "topk.h"

/* Each element in turn enters the sorted list of the best ones so far; behind its place all others move on by one. */
#define PICK(type, wide)                                                                                  \
  {                                                                                                       \
    const type *x = (const type *)a->x + line / a->inner * a->extent * a->inner + line % a->inner;        \
    type *values = (type *)a->values + to;                                                                \
    for (size_t i = 0; i < a->extent; i++) {                                                              \
      type v = x[i * a->inner];                                                                           \
      int64_t at = (int64_t)i;                                                                            \
      const size_t have = i < a->k ? i : a->k;                                                            \
      int enters = 0;                                                                                     \
      for (size_t place = 0; place < have; place++) {                                                     \
        const type best = values[place * a->inner];                                                       \
        const int64_t best_at = indices[place * a->inner];                                                \
        const int beyond = a->smallest ? v < best : v > best;                                             \
        const int nan = v != v && (a->last || best == best);                                              \
        enters = enters || beyond || nan || (a->last && v == best);                                       \
        if (!enters) continue;                                                                            \
        values[place * a->inner] = v;                                                                     \
        indices[place * a->inner] = at;                                                                   \
        v = best;                                                                                         \
        at = best_at;                                                                                     \
      }                                                                                                   \
      if (i < a->k) {                                                                                     \
        values[i * a->inner] = v;                                                                         \
        indices[i * a->inner] = at;                                                                       \
      }                                                                                                   \
    }                                                                                                     \
    return;                                                                                               \
  }

/* One line. */
static void task(const void *args, size_t line, void *scratch) {
  const struct ait_portable_topk_args *a = args;
  (void)scratch;
  const size_t to = line / a->inner * a->k * a->inner + line % a->inner;
  int64_t *indices = a->indices + to;
  switch (a->type) { AIT_TYPE_CASES(PICK); }
}

void ait_topk__portable(const struct ait_portable_topk_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->outer * a->inner, task, a);
}
