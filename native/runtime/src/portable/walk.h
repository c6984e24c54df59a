#ifndef AIT_PORTABLE_WALK_H
#define AIT_PORTABLE_WALK_H

#include <stddef.h>

/* Elements from the first one to that of a number, counted in row-major order over the axes. */
static inline size_t ait_portable_offset(const size_t *dims, const size_t *stride, size_t axes, size_t index) {
  size_t at = 0;
  for (size_t axis = axes; axis > 0; axis--) {
    at += index % dims[axis - 1] * stride[axis - 1];
    index /= dims[axis - 1];
  }
  return at;
}

static inline size_t ait_portable_count(const size_t *dims, size_t axes) {
  size_t count = 1;
  for (size_t axis = 0; axis < axes; axis++) count *= dims[axis];
  return count;
}

#endif
