#ifndef AIT_PORTABLE_TOPK_H
#define AIT_PORTABLE_TOPK_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"
#include "types.h"

/*
 * The k largest (or with `smallest` smallest) of the elements x[o][…][i], best first, into values [outer][k][inner], and
 * where on the axis they were into `indices`. Of equals the first one comes first, or with `last` the last one. A NaN is
 * beyond every number.
 */
struct ait_portable_topk_args {
  const void *x;
  void *values;
  int64_t *indices;
  enum ait_portable_type type;
  size_t outer, extent, inner, k, smallest, last;
};

void ait_topk__portable(const struct ait_portable_topk_args *args, struct ait_workers *workers);

#endif
