#include "steps.h"

#include <math.h>

/* One loop a function, so that the compiler sees what to vectorize. */
#define EACH(expression)                \
  for (size_t i = 0; i < n; i++) {      \
    const float x = v[i];               \
    v[i] = (float)(expression);         \
  }                                     \
  return

#define EACH_PAIR(expression)           \
  for (size_t i = 0; i < n; i++) {      \
    const float x = v[i];               \
    const float y = p[i * stride];      \
    v[i] = (float)(expression);         \
  }                                     \
  return

/* Functions of the running value and an operand. */
static void apply_pair(enum ait_portable_step_kind kind, const float *p, size_t stride, float *v, size_t n) {
  switch (kind) {
    case AIT_STEP_BIAS:
    case AIT_STEP_ADD: EACH_PAIR(x + y);
    case AIT_STEP_SUB: EACH_PAIR(x - y);
    case AIT_STEP_RSUB: EACH_PAIR(y - x);
    case AIT_STEP_MUL: EACH_PAIR(x * y);
    case AIT_STEP_DIV: EACH_PAIR(x / y);
    case AIT_STEP_RDIV: EACH_PAIR(y / x);
    case AIT_STEP_MIN: EACH_PAIR(x != x || x < y ? x : y);
    case AIT_STEP_MAX: EACH_PAIR(x != x || x > y ? x : y);
    case AIT_STEP_POW: EACH_PAIR(powf(x, y));
    default: return;
  }
}

static float gelu(float x, int tanh_form) {
  if (tanh_form) return 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
  return 0.5f * x * (1 + erff(x * 0.70710678118f));
}

void ait_portable_apply(const struct ait_portable_step *step, const float *p, size_t stride, float *v, size_t n) {
  const float a = step->a, b = step->b;
  switch (step->kind) {
    case AIT_STEP_RELU: EACH(x < 0 ? 0 : x);
    case AIT_STEP_CLAMP: EACH(x < a ? a : x > b ? b : x);
    case AIT_STEP_LEAKY_RELU: EACH(x < 0 ? a * x : x);
    case AIT_STEP_SIGMOID: EACH(1 / (1 + expf(-x)));
    case AIT_STEP_HARD_SIGMOID: EACH(fminf(1, fmaxf(0, a * x + b)));
    case AIT_STEP_HARD_SWISH: EACH(x * fminf(1, fmaxf(0, x * (1.0f / 6) + 0.5f)));
    case AIT_STEP_SILU: EACH(x / (1 + expf(-x)));
    case AIT_STEP_TANH: EACH(tanhf(x));
    case AIT_STEP_GELU: EACH(gelu(x, a != 0));
    case AIT_STEP_NEG: EACH(-x);
    case AIT_STEP_ABS: EACH(fabsf(x));
    case AIT_STEP_EXP: EACH(expf(x));
    case AIT_STEP_LOG: EACH(logf(x));
    case AIT_STEP_SQRT: EACH(sqrtf(x));
    case AIT_STEP_RECIPROCAL: EACH(1 / x);
    case AIT_STEP_ERF: EACH(erff(x));
    case AIT_STEP_FLOOR: EACH(floorf(x));
    case AIT_STEP_CEIL: EACH(ceilf(x));
    default: apply_pair(step->kind, p, stride, v, n);
  }
}
