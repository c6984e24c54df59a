#ifndef AIT_PORTABLE_COMPARE_H
#define AIT_PORTABLE_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"
#include "types.h"

enum ait_portable_relation { AIT_RELATION_EQUAL, AIT_RELATION_LESS, AIT_RELATION_LESS_OR_EQUAL };

/*
 * y[i…] = a[i…] ∘ b[i…] as a truth value over dims, y dense. a and b are of one type and read at Σ index·stride.
 */
struct ait_portable_compare_args {
  const void *a, *b;
  uint8_t *y;
  enum ait_portable_type type;
  enum ait_portable_relation mode;
  size_t dims[6], a_stride[6], b_stride[6];
};

void ait_compare__portable(const struct ait_portable_compare_args *args, struct ait_workers *workers);

#endif
