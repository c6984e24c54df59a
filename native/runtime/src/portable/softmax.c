#include "softmax.h"

#include <math.h>

static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_softmax_args *a = args;
  (void)scratch;
  const size_t first = index / a->inner * a->axis * a->inner + index % a->inner;
  const float *x = a->x + first;
  float *y = a->y + first;
  float max = -INFINITY, sum = 0;
  for (size_t i = 0; i < a->axis; i++) max = fmaxf(max, x[i * a->inner]);
  if (a->log) {
    for (size_t i = 0; i < a->axis; i++) sum += expf(x[i * a->inner] - max);
    for (size_t i = 0; i < a->axis; i++) y[i * a->inner] = x[i * a->inner] - max - logf(sum);
    return;
  }
  for (size_t i = 0; i < a->axis; i++) sum += y[i * a->inner] = expf(x[i * a->inner] - max);
  for (size_t i = 0; i < a->axis; i++) y[i * a->inner] /= sum;
}

void ait_softmax__portable(const struct ait_portable_softmax_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->outer * a->inner, task, a);
}
