#include "cast.h"

#include <math.h>
#include <stdint.h>

enum { CHUNK = 1024 };

#define LOAD(type) \
  for (size_t i = 0; i < n; i++) v[i] = (double)((const type *)x)[at + i]; \
  return

static void load(const void *x, enum ait_portable_type type, size_t at, double *v, size_t n) {
  switch (type) {
    case AIT_TYPE_F32: LOAD(float);
    case AIT_TYPE_F64: LOAD(double);
    case AIT_TYPE_I8: LOAD(int8_t);
    case AIT_TYPE_U8:
    case AIT_TYPE_BOOL: LOAD(uint8_t);
    case AIT_TYPE_U16: LOAD(uint16_t);
    case AIT_TYPE_I32: LOAD(int32_t);
    case AIT_TYPE_I64: LOAD(int64_t);
  }
}

/* The bounds are exact doubles, but for the upper one of int64_t, which is the next larger one. */
#define STORE(type, low, high)                                                                             \
  for (size_t i = 0; i < n; i++) {                                                                         \
    ((type *)y)[at + i] = v[i] != v[i] ? 0 : v[i] <= (double)(low) ? (low) : v[i] >= (double)(high) ? (high) : (type)v[i]; \
  }                                                                                                        \
  return

static void store(void *y, enum ait_portable_type type, size_t at, const double *v, size_t n) {
  switch (type) {
    case AIT_TYPE_F32:
      for (size_t i = 0; i < n; i++) ((float *)y)[at + i] = (float)v[i];
      return;
    case AIT_TYPE_F64:
      for (size_t i = 0; i < n; i++) ((double *)y)[at + i] = v[i];
      return;
    case AIT_TYPE_BOOL:
      for (size_t i = 0; i < n; i++) ((uint8_t *)y)[at + i] = v[i] != 0;
      return;
    case AIT_TYPE_I8: STORE(int8_t, INT8_MIN, INT8_MAX);
    case AIT_TYPE_U8: STORE(uint8_t, 0, UINT8_MAX);
    case AIT_TYPE_U16: STORE(uint16_t, 0, UINT16_MAX);
    case AIT_TYPE_I32: STORE(int32_t, INT32_MIN, INT32_MAX);
    case AIT_TYPE_I64: STORE(int64_t, INT64_MIN, INT64_MAX);
  }
}

static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_cast_args *a = args;
  (void)scratch;
  double v[CHUNK];
  const size_t at = index * CHUNK, left = a->count - at, n = left < CHUNK ? left : CHUNK;
  load(a->x, a->from, at, v, n);
  store(a->y, a->to, at, v, n);
}

void ait_cast__portable(const struct ait_portable_cast_args *a, struct ait_workers *workers) {
  ait_parallel(workers, (a->count + CHUNK - 1) / CHUNK, task, a);
}
