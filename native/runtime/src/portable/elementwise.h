#ifndef AIT_PORTABLE_ELEMENTWISE_H
#define AIT_PORTABLE_ELEMENTWISE_H

#include "ait/workers.h"
#include "steps.h"

/*
 * y[i…] = steps(x[i…]) over dims, y dense. x and the operands are read at Σ index·stride. y may be x or an operand of
 * the same strides as y.
 */
struct ait_portable_elementwise_args {
  const float *x;
  float *y;
  size_t dims[AIT_PORTABLE_AXES], x_stride[AIT_PORTABLE_AXES];
  size_t count;
  const struct ait_portable_step *steps;
};

void ait_elementwise__portable(const struct ait_portable_elementwise_args *args, struct ait_workers *workers);

#endif
