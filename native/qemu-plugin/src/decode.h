#ifndef AIT_DECODE_H
#define AIT_DECODE_H

#include <stddef.h>
#include <stdint.h>

/* Classes of instructions, in the order of the report; packages/remote/src/counts.ts names the same. */
#define AIT_CLASSES(X)                                                                                          \
  X(scalarInteger) X(scalarMultiplyDivide) X(scalarLoad) X(scalarStore) X(branch) X(scalarFloat)                \
  X(scalarMultiplyAdd) X(atomic) X(system) X(vectorConfig) X(vectorLoadUnit) X(vectorLoadStrided)               \
  X(vectorLoadIndexed) X(vectorStoreUnit) X(vectorStoreStrided) X(vectorStoreIndexed) X(vectorInteger)          \
  X(vectorFloat) X(vectorMultiplyAdd) X(vectorDivide) X(vectorReduction) X(vectorPermute) X(vectorMask)

#define AIT_ENUM(name) AIT_##name,
enum ait_class { AIT_CLASSES(AIT_ENUM) AIT_CLASS_COUNT };
#undef AIT_ENUM

/* Class of an instruction of 2 or 4 bytes (RISC-V unprivileged specification, chapters "RV32/64G" and "V"). */
enum ait_class ait_classify(uint32_t word, size_t bytes);

enum ait_marker { AIT_NO_MARKER, AIT_REGION_BEGIN, AIT_REGION_END };

/* slti x0,x0,1 opens the region, slti x0,x0,2 closes it. */
enum ait_marker ait_marker(uint32_t word, size_t bytes);

/* vsetvli and vsetivli: the lanes of a register group under the type they set, for registers of `vlen` bits. */
int ait_sets_lanes(uint32_t word, size_t bytes, unsigned vlen, unsigned *lanes);

#endif
