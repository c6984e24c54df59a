#include "elementwise.h"

enum { INNER = AIT_PORTABLE_AXES - 1, CHUNK = 512 };

/* Elements of a task: a piece of a run along the innermost axis. */
enum { PIECE = 8 * CHUNK };

static size_t pieces(const struct ait_portable_elementwise_args *a) { return (a->dims[INNER] + PIECE - 1) / PIECE; }

/* Σ index·stride of the outer axes for the run of that number. */
static size_t offset(const size_t *dims, const size_t *stride, size_t run) {
  size_t at = 0;
  for (size_t axis = INNER; axis > 0; axis--) {
    at += run % dims[axis - 1] * stride[axis - 1];
    run /= dims[axis - 1];
  }
  return at;
}

static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_elementwise_args *a = args;
  (void)scratch;
  const size_t run = index / pieces(a), first = index % pieces(a) * PIECE;
  const size_t left = a->dims[INNER] - first, last = first + (left < PIECE ? left : PIECE);
  const float *x = a->x + offset(a->dims, a->x_stride, run);
  float *y = a->y + run * a->dims[INNER];
  for (size_t at = first; at < last; at += CHUNK) {
    const size_t n = last - at < CHUNK ? last - at : CHUNK;
    float v[CHUNK];
    for (size_t i = 0; i < n; i++) v[i] = x[(at + i) * a->x_stride[INNER]];
    for (size_t s = 0; s < a->count; s++) {
      const struct ait_portable_step *step = &a->steps[s];
      const size_t stride = step->stride[INNER];
      const float *p = step->p == NULL ? NULL : step->p + offset(a->dims, step->stride, run) + at * stride;
      ait_portable_apply(step, p, stride, v, n);
    }
    for (size_t i = 0; i < n; i++) y[at + i] = v[i];
  }
}

void ait_elementwise__portable(const struct ait_portable_elementwise_args *a, struct ait_workers *workers) {
  size_t runs = 1;
  for (size_t axis = 0; axis < INNER; axis++) runs *= a->dims[axis];
  ait_parallel(workers, runs * pieces(a), task, a);
}
