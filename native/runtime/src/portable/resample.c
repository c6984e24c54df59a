#include "resample.h"

/* One index of the outer axes and of the axis. */
static void task(const void *args, size_t number, void *scratch) {
  const struct ait_portable_resample_args *a = args;
  (void)scratch;
  const size_t i = number % a->extent;
  const float *x = a->x + number / a->extent * a->from * a->inner;
  float *y = a->y + number * a->inner;
  for (size_t k = 0; k < a->inner; k++) y[k] = 0;
  for (size_t t = 0; t < a->taps; t++) {
    const float weight = a->weights[t * a->extent + i];
    const float *from = x + (size_t)a->indices[t * a->extent + i] * a->inner;
    for (size_t k = 0; k < a->inner; k++) y[k] += weight * from[k];
  }
}

void ait_resample__portable(const struct ait_portable_resample_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->outer * a->extent, task, a);
}
