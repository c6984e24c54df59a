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
    case AIT_STEP_FMOD: EACH_PAIR(fmodf(x, y));
    case AIT_STEP_PRELU: EACH_PAIR(x < 0 ? x * y : x);
    default: return;
  }
}

static float gelu(float x, int tanh_form) {
  if (tanh_form) return 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
  return 0.5f * x * (1 + erff(x * 0.70710678118f));
}

static float softplus(float x) { return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x))); }

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
    case AIT_STEP_ROUND: EACH(rintf(x));
    case AIT_STEP_SIGN: EACH(x > 0 ? 1 : x < 0 ? -1 : x);
    case AIT_STEP_SIN: EACH(sinf(x));
    case AIT_STEP_COS: EACH(cosf(x));
    case AIT_STEP_SOFTPLUS: EACH(softplus(x));
    case AIT_STEP_SOFTSIGN: EACH(x / (1 + fabsf(x)));
    case AIT_STEP_MISH: EACH(x * tanhf(softplus(x)));
    case AIT_STEP_ELU: EACH(x < 0 ? a * expm1f(x) : x);
    case AIT_STEP_SELU: EACH(b * (x < 0 ? a * expm1f(x) : x));
    case AIT_STEP_CELU: EACH(x < 0 ? a * expm1f(x / a) : x);
    case AIT_STEP_THRESHOLDED_RELU: EACH(x <= a ? 0 : x);
    default: apply_pair(step->kind, p, stride, v, n);
  }
}
