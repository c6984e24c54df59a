#include "batch_norm.h"

#include <math.h>

/* One channel. */
static void task(const void *args, size_t c, void *scratch) {
  const struct ait_portable_batch_norm_args *a = args;
  (void)scratch;
  const float factor = a->scale[c] / sqrtf(a->variance[c] + a->epsilon), mean = a->mean[c], bias = a->bias[c];
  for (size_t o = 0; o < a->outer; o++) {
    const size_t first = (o * a->channels + c) * a->inner;
    for (size_t i = first; i < first + a->inner; i++) a->y[i] = (a->x[i] - mean) * factor + bias;
  }
}

void ait_batch_norm__portable(const struct ait_portable_batch_norm_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->channels, task, a);
}
