#include "index_copy.h"

#include <string.h>

/* Little-endian, as everything else here: the lowest bytes of `fill` come first. */
static void put(const struct ait_portable_index_copy_args *a, size_t to, int64_t from) {
  const void *source = from < 0 ? (const void *)&a->fill : (const unsigned char *)a->x + (size_t)from * a->size;
  unsigned char *y = (unsigned char *)a->y + to * a->size;
  if (a->size == 4) memcpy(y, source, 4);
  else memcpy(y, source, 8);
}

/* One index of the outermost axis. */
static void task(const void *args, size_t i, void *scratch) {
  const struct ait_portable_index_copy_args *a = args;
  (void)scratch;
  const int64_t *table[6] = {a->table};
  size_t inner = 1;
  for (size_t axis = 1; axis < 6; axis++) {
    table[axis] = table[axis - 1] + a->dims[axis - 1];
    inner *= a->dims[axis];
  }
  for (size_t at = 0; at < inner; at++) {
    size_t rest = at;
    int64_t offset = table[0][i];
    int inside = offset >= 0;
    for (size_t axis = 5; axis > 0; rest /= a->dims[axis], axis--) {
      const int64_t part = table[axis][rest % a->dims[axis]];
      inside = inside && part >= 0;
      offset += part;
    }
    put(a, i * inner + at, inside ? offset : -1);
  }
}

void ait_index_copy__portable(const struct ait_portable_index_copy_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->dims[0], task, a);
}
