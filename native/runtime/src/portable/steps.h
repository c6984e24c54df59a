#ifndef AIT_PORTABLE_STEPS_H
#define AIT_PORTABLE_STEPS_H

#include <stddef.h>

/* The elementwise functions of a chain. x is the running value, y the operand, a and b are constants of the step. */
enum ait_portable_step_kind {
  AIT_STEP_BIAS,
  AIT_STEP_ADD,
  AIT_STEP_SUB,
  AIT_STEP_RSUB,
  AIT_STEP_MUL,
  AIT_STEP_DIV,
  AIT_STEP_RDIV,
  AIT_STEP_MIN,
  AIT_STEP_MAX,
  AIT_STEP_POW,
  AIT_STEP_FMOD,
  AIT_STEP_PRELU,
  AIT_STEP_RELU,
  AIT_STEP_CLAMP,
  AIT_STEP_LEAKY_RELU,
  AIT_STEP_SIGMOID,
  AIT_STEP_HARD_SIGMOID,
  AIT_STEP_HARD_SWISH,
  AIT_STEP_SILU,
  AIT_STEP_TANH,
  AIT_STEP_GELU,
  AIT_STEP_NEG,
  AIT_STEP_ABS,
  AIT_STEP_EXP,
  AIT_STEP_LOG,
  AIT_STEP_SQRT,
  AIT_STEP_RECIPROCAL,
  AIT_STEP_ERF,
  AIT_STEP_FLOOR,
  AIT_STEP_CEIL,
  AIT_STEP_ROUND,
  AIT_STEP_SIGN,
  AIT_STEP_SIN,
  AIT_STEP_COS,
  AIT_STEP_SOFTPLUS,
  AIT_STEP_SOFTSIGN,
  AIT_STEP_MISH,
  AIT_STEP_ELU,
  AIT_STEP_SELU,
  AIT_STEP_CELU,
  AIT_STEP_THRESHOLDED_RELU,
};

#define AIT_PORTABLE_AXES 6

/* One step of a chain: its operand, if it reads one, has a stride along every axis of the result. */
struct ait_portable_step {
  enum ait_portable_step_kind kind;
  const float *p;
  size_t stride[AIT_PORTABLE_AXES];
  float a, b;
};

/* v[i] = step(v[i]), i < n; the operand's elements are p[i · stride]. */
void ait_portable_apply(const struct ait_portable_step *step, const float *p, size_t stride, float *v, size_t n);

#endif
