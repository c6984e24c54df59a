/*
 * C += A·B for square row-major matrices as OpenBLAS computes it: panels of A and B are packed so that they stay in the
 * caches, and an inner kernel of 16 x 8 results multiplies a column of A, one group of two registers, with eight scalars
 * of B per step.
 */
#include <riscv_vector.h>
#include <stddef.h>

#include "ait/markers.h"

enum { ORDER = 512, DEPTH = 256, ROWS = 128, TALL = 16, WIDE = 8 };

static float a[ORDER * ORDER], b[ORDER * ORDER], c[ORDER * ORDER];
static float packed_a[ROWS * DEPTH], packed_b[DEPTH * ORDER];

static void pack_a(size_t row, size_t depth) {
  float *to = packed_a;
  for (size_t i = 0; i < ROWS; i += TALL) {
    for (size_t k = 0; k < DEPTH; k++) {
      for (size_t r = 0; r < TALL; r++) *to++ = a[(row + i + r) * ORDER + depth + k];
    }
  }
}

static void pack_b(size_t depth) {
  float *to = packed_b;
  for (size_t j = 0; j < ORDER; j += WIDE) {
    for (size_t k = 0; k < DEPTH; k++) {
      for (size_t w = 0; w < WIDE; w++) *to++ = b[(depth + k) * ORDER + j + w];
    }
  }
}

/* Column-major results: c[column * ORDER + row]. */
static void kernel(const float *left, const float *right, float *to) {
  const size_t vl = __riscv_vsetvl_e32m2(TALL);
#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define ZERO(n) vfloat32m2_t r##n = __riscv_vfmv_v_f_f32m2(0, vl);
#define STEP(n) r##n = __riscv_vfmacc_vf_f32m2(r##n, right[n], column, vl);
#define STORE(n) \
  __riscv_vse32_v_f32m2(to + n * ORDER, __riscv_vfadd_vv_f32m2(__riscv_vle32_v_f32m2(to + n * ORDER, vl), r##n, vl), vl);
  EACH(ZERO)
  for (size_t k = 0; k < DEPTH; k++) {
    const vfloat32m2_t column = __riscv_vle32_v_f32m2(left, vl);
    EACH(STEP)
    left += TALL;
    right += WIDE;
  }
  EACH(STORE)
}

int main(void) {
  for (size_t i = 0; i < ORDER * ORDER; i++) a[i] = b[i] = (float)(i % 7);
  AIT_MARK_REGION_BEGIN();
  for (size_t depth = 0; depth < ORDER; depth += DEPTH) {
    pack_b(depth);
    for (size_t row = 0; row < ORDER; row += ROWS) {
      pack_a(row, depth);
      for (size_t j = 0; j < ORDER; j += WIDE) {
        for (size_t i = 0; i < ROWS; i += TALL) kernel(packed_a + i * DEPTH, packed_b + j * DEPTH, c + j * ORDER + row + i);
      }
    }
  }
  AIT_MARK_REGION_END();
  return c[5] == 0;
}
