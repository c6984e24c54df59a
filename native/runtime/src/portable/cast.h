#ifndef AIT_PORTABLE_CAST_H
#define AIT_PORTABLE_CAST_H

#include <stddef.h>

#include "ait/workers.h"
#include "types.h"

/*
 * y[i] = x[i] in another element type, i < count. Integers are rounded toward zero and stop at the ends of their range,
 * NaN gives 0; bool is "not zero". All values pass through a double.
 */
struct ait_portable_cast_args {
  const void *x;
  void *y;
  enum ait_portable_type from, to;
  size_t count;
};

void ait_cast__portable(const struct ait_portable_cast_args *args, struct ait_workers *workers);

#endif
