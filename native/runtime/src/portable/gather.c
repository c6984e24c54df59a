#include "gather.h"

#include <stdint.h>
#include <string.h>

static void task(const void *args, size_t j, void *scratch) {
  const struct ait_portable_gather_args *a = args;
  (void)scratch;
  int64_t index = a->index_size == 4 ? ((const int32_t *)a->indices)[j] : ((const int64_t *)a->indices)[j];
  if (index < 0) index += (int64_t)a->extent;
  const int inside = index >= 0 && index < (int64_t)a->extent;
  const size_t run = a->inner * a->size;
  for (size_t o = 0; o < a->outer; o++) {
    unsigned char *y = (unsigned char *)a->y + (o * a->count + j) * run;
    if (inside) memcpy(y, (const unsigned char *)a->x + (o * a->extent + (size_t)index) * run, run);
    else memset(y, 0, run);
  }
}

void ait_gather__portable(const struct ait_portable_gather_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->count, task, a);
}
