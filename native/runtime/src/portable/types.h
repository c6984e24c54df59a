#ifndef AIT_PORTABLE_TYPES_H
#define AIT_PORTABLE_TYPES_H

#include <stdint.h>

/* Element types; truth values are bytes of 0 and 1. */
enum ait_portable_type {
  AIT_TYPE_F32,
  AIT_TYPE_F64,
  AIT_TYPE_I8,
  AIT_TYPE_U8,
  AIT_TYPE_U16,
  AIT_TYPE_I32,
  AIT_TYPE_I64,
  AIT_TYPE_BOOL,
};

/*
 * The case of every type, `body` being a macro of the C type and of one to compute sums and products in, so that no
 * whole number overflows where C leaves the result undefined.
 */
#define AIT_TYPE_CASES(body)                      \
  case AIT_TYPE_F32: body(float, float);          \
  case AIT_TYPE_F64: body(double, double);        \
  case AIT_TYPE_I8: body(int8_t, uint64_t);       \
  case AIT_TYPE_U8:                               \
  case AIT_TYPE_BOOL: body(uint8_t, uint64_t);    \
  case AIT_TYPE_U16: body(uint16_t, uint64_t);    \
  case AIT_TYPE_I32: body(int32_t, uint64_t);     \
  case AIT_TYPE_I64: body(int64_t, uint64_t)

#endif
