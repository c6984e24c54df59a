#include "copy.h"

#include <stdint.h>
#include <string.h>

/* Address of element `at` of a tensor; `at` may be negative as its two's complement. */
static const unsigned char *element(const void *base, size_t size, size_t at) {
  return (const unsigned char *)base + (ptrdiff_t)at * (ptrdiff_t)size;
}

#define COPY_RUN(type)                                                                 \
  for (size_t i = 0; i < n; i++) {                                                     \
    ((type *)y)[(ptrdiff_t)(i * y_stride)] = ((const type *)x)[(ptrdiff_t)(i * x_stride)]; \
  }                                                                                    \
  return

static void copy_run(const void *x, size_t x_stride, void *y, size_t y_stride, size_t n, size_t size) {
  if (x_stride == 1 && y_stride == 1) {
    memcpy(y, x, n * size);
    return;
  }
  switch (size) {
    case 1: COPY_RUN(uint8_t);
    case 2: COPY_RUN(uint16_t);
    case 4: COPY_RUN(uint32_t);
    case 8: COPY_RUN(uint64_t);
  }
}

/* One index of the three outer axes. */
static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_copy_args *a = args;
  (void)scratch;
  size_t from = 0, to = 0;
  for (size_t axis = 3; axis > 0; axis--) {
    const size_t i = index % a->dims[axis - 1];
    index /= a->dims[axis - 1];
    from += i * a->x_stride[axis - 1];
    to += i * a->y_stride[axis - 1];
  }
  for (size_t j = 0; j < a->dims[3]; j++) {
    for (size_t k = 0; k < a->dims[4]; k++) {
      const unsigned char *x = element(a->x, a->size, from + j * a->x_stride[3] + k * a->x_stride[4]);
      const unsigned char *y = element(a->y, a->size, to + j * a->y_stride[3] + k * a->y_stride[4]);
      copy_run(x, a->x_stride[5], (void *)(uintptr_t)y, a->y_stride[5], a->dims[5], a->size);
    }
  }
}

void ait_copy__portable(const struct ait_portable_copy_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->dims[0] * a->dims[1] * a->dims[2], task, a);
}
