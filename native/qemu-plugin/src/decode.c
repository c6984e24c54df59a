#include "decode.h"

static uint32_t bits(uint32_t word, unsigned low, unsigned count) { return word >> low & ((1U << count) - 1); }

static enum ait_class compressed(uint32_t word) {
  const uint32_t funct3 = bits(word, 13, 3);
  switch (bits(word, 0, 2)) {
    case 0:
      if (funct3 == 0) return AIT_scalarInteger;
      return funct3 < 4 ? AIT_scalarLoad : AIT_scalarStore;
    case 1:
      return funct3 >= 5 ? AIT_branch : AIT_scalarInteger;
    default:
      if (funct3 == 0) return AIT_scalarInteger;
      if (funct3 < 4) return AIT_scalarLoad;
      if (funct3 > 4) return AIT_scalarStore;
      /* c.jr, c.jalr and c.ebreak have no second source; c.mv and c.add have one. */
      if (bits(word, 2, 5) != 0) return AIT_scalarInteger;
      return bits(word, 7, 5) == 0 ? AIT_system : AIT_branch;
  }
}

/* Loads and stores of the F/D opcodes: the width field tells scalar from vector, mop the addressing. */
static enum ait_class memory(uint32_t word, int store) {
  const uint32_t width = bits(word, 12, 3);
  if (width >= 1 && width <= 4) return store ? AIT_scalarStore : AIT_scalarLoad;
  switch (bits(word, 26, 2)) {
    case 0: return store ? AIT_vectorStoreUnit : AIT_vectorLoadUnit;
    case 2: return store ? AIT_vectorStoreStrided : AIT_vectorLoadStrided;
    default: return store ? AIT_vectorStoreIndexed : AIT_vectorLoadIndexed;
  }
}

static enum ait_class vector_integer(uint32_t funct6, int vv, int vi) {
  if (funct6 == 0x0c || funct6 == 0x0e || funct6 == 0x0f) return AIT_vectorPermute;
  if (vi && funct6 == 0x27) return AIT_vectorPermute; /* vmv<nr>r.v */
  if (vv && (funct6 == 0x30 || funct6 == 0x31)) return AIT_vectorReduction;
  return AIT_vectorInteger;
}

static enum ait_class vector_multiply(uint32_t word, uint32_t funct6, int vv) {
  if (vv && funct6 < 0x08) return AIT_vectorReduction;
  if (!vv && (funct6 == 0x0e || funct6 == 0x0f)) return AIT_vectorPermute; /* vslide1up, vslide1down */
  if (funct6 == 0x10) return vv && bits(word, 15, 5) != 0 ? AIT_vectorMask : AIT_vectorPermute;
  if (vv && (funct6 == 0x14 || (funct6 >= 0x18 && funct6 <= 0x1f))) return AIT_vectorMask;
  if (vv && funct6 == 0x17) return AIT_vectorPermute; /* vcompress */
  if (funct6 >= 0x20 && funct6 <= 0x23) return AIT_vectorDivide;
  if (funct6 == 0x29 || funct6 == 0x2b || funct6 == 0x2d || funct6 == 0x2f || funct6 >= 0x3c) return AIT_vectorMultiplyAdd;
  return AIT_vectorInteger;
}

static enum ait_class vector_float(uint32_t word, uint32_t funct6, int vv) {
  if (vv && (funct6 == 0x01 || funct6 == 0x03 || funct6 == 0x05 || funct6 == 0x07 || funct6 == 0x31 || funct6 == 0x33)) {
    return AIT_vectorReduction;
  }
  if (funct6 == 0x10 || (!vv && (funct6 == 0x0e || funct6 == 0x0f))) return AIT_vectorPermute;
  if (funct6 == 0x20 || funct6 == 0x21) return AIT_vectorDivide;
  if (vv && funct6 == 0x13 && bits(word, 15, 5) == 0) return AIT_vectorDivide; /* vfsqrt */
  if ((funct6 >= 0x28 && funct6 <= 0x2f) || funct6 >= 0x3c) return AIT_vectorMultiplyAdd;
  return AIT_vectorFloat;
}

static enum ait_class vector(uint32_t word) {
  const uint32_t funct6 = bits(word, 26, 6);
  switch (bits(word, 12, 3)) {
    case 0: return vector_integer(funct6, 1, 0);
    case 1: return vector_float(word, funct6, 1);
    case 2: return vector_multiply(word, funct6, 1);
    case 3: return vector_integer(funct6, 0, 1);
    case 4: return vector_integer(funct6, 0, 0);
    case 5: return vector_float(word, funct6, 0);
    case 6: return vector_multiply(word, funct6, 0);
    default: return AIT_vectorConfig;
  }
}

enum ait_class ait_classify(uint32_t word, size_t bytes) {
  if (bytes == 2) return compressed(word);
  switch (bits(word, 0, 7)) {
    case 0x03: return AIT_scalarLoad;
    case 0x07: return memory(word, 0);
    case 0x23: return AIT_scalarStore;
    case 0x27: return memory(word, 1);
    case 0x33:
    case 0x3b: return bits(word, 25, 7) == 1 ? AIT_scalarMultiplyDivide : AIT_scalarInteger;
    case 0x0f:
    case 0x2f: return AIT_atomic;
    case 0x43:
    case 0x47:
    case 0x4b:
    case 0x4f: return AIT_scalarMultiplyAdd;
    case 0x53: return AIT_scalarFloat;
    case 0x57: return vector(word);
    case 0x63:
    case 0x67:
    case 0x6f: return AIT_branch;
    case 0x73: return AIT_system;
    default: return AIT_scalarInteger;
  }
}

enum ait_marker ait_marker(uint32_t word, size_t bytes, uint32_t *step) {
  /* slti with destination x0 */
  if (bytes != 4 || (word & 0x00007fffU) != 0x00002013U) return AIT_NO_MARKER;
  const uint32_t source = bits(word, 15, 5);
  const uint32_t immediate = bits(word, 20, 12);
  if (source == 0) return immediate >= 1 && immediate <= 3 ? (enum ait_marker)immediate : AIT_NO_MARKER;
  *step = (source - 1) * 4096 + immediate;
  return AIT_STEP_BEGIN;
}

int ait_sets_type(uint32_t word, size_t bytes, uint32_t *type) {
  if (bytes != 4 || bits(word, 0, 7) != 0x57 || bits(word, 12, 3) != 7) return 0;
  /* vsetvl takes its type from a register, vsetivli has one bit less for it than vsetvli. */
  if (bits(word, 30, 2) == 2) *type = AIT_UNKNOWN_TYPE;
  else *type = bits(word, 31, 1) == 0 ? bits(word, 20, 11) : bits(word, 20, 10);
  return 1;
}

int ait_reads_type(enum ait_class class) { return class >= AIT_vectorLoadUnit; }

int ait_is_vector_memory(enum ait_class class) {
  return class >= AIT_vectorLoadUnit && class <= AIT_vectorStoreIndexed;
}

int ait_may_load(enum ait_class class) {
  return class == AIT_scalarLoad || class == AIT_atomic ||
         (class >= AIT_vectorLoadUnit && class <= AIT_vectorLoadIndexed);
}

int ait_may_store(enum ait_class class) {
  return class == AIT_scalarStore || class == AIT_atomic ||
         (class >= AIT_vectorStoreUnit && class <= AIT_vectorStoreIndexed);
}
