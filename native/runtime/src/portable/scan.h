#ifndef AIT_PORTABLE_SCAN_H
#define AIT_PORTABLE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"
#include "types.h"

/*
 * y[o][k][i] = the sum of x[o][0 … k][i], or with `exclusive` without its own element, or with `reverse` from the end.
 * y may be x.
 */
struct ait_portable_scan_args {
  const void *x;
  void *y;
  enum ait_portable_type type;
  size_t outer, extent, inner, exclusive, reverse;
};

void ait_scan__portable(const struct ait_portable_scan_args *args, struct ait_workers *workers);

#endif
