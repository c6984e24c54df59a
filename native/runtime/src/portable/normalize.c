#include "normalize.h"

#include <math.h>

#include "walk.h"

/* One index of the kept axes. */
static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_normalize_args *a = args;
  (void)scratch;
  const size_t first = ait_portable_offset(a->kept, a->kept_stride, 6, index);
  const size_t count = ait_portable_count(a->reduced, 6);
  float sum = 0, squares = 0;
  for (size_t r = 0; r < count; r++) sum += a->x[first + ait_portable_offset(a->reduced, a->reduced_stride, 6, r)];
  const float mean = sum / (float)count;
  for (size_t r = 0; r < count; r++) {
    const float d = a->x[first + ait_portable_offset(a->reduced, a->reduced_stride, 6, r)] - mean;
    squares += d * d;
  }
  const float scale = 1 / sqrtf(squares / (float)count + a->epsilon);
  for (size_t r = 0; r < count; r++) {
    const size_t at = first + ait_portable_offset(a->reduced, a->reduced_stride, 6, r);
    a->y[at] = (a->x[at] - mean) * scale;
  }
}

void ait_normalize__portable(const struct ait_portable_normalize_args *a, struct ait_workers *workers) {
  ait_parallel(workers, ait_portable_count(a->kept, 6), task, a);
}
