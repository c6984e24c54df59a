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

/*
 * Markers are hint instructions, which do nothing: slti x0,x0,1 opens the region, slti x0,x0,2 closes it,
 * slti x0,x0,3 ends a network's steps, and slti x0,x<1 + n / 4096>,<n mod 4096> begins step n. The other half of this
 * agreement is native/runtime/include/ait/markers.h.
 */
enum ait_marker { AIT_NO_MARKER, AIT_REGION_BEGIN, AIT_REGION_END, AIT_STEPS_END, AIT_STEP_BEGIN };

/* `step` is set for AIT_STEP_BEGIN only. */
enum ait_marker ait_marker(uint32_t word, size_t bytes, uint32_t *step);

/* A vector type that was taken from a register and is not known. */
#define AIT_UNKNOWN_TYPE UINT32_MAX

/* Whether the instruction sets the vector type; `type` is then vtype as the specification lays it out, or unknown. */
int ait_sets_type(uint32_t word, size_t bytes, uint32_t *type);

/* Whether what the instruction does depends on the current vector type. */
int ait_reads_type(enum ait_class class);

int ait_is_vector_memory(enum ait_class class);
int ait_may_load(enum ait_class class);
int ait_may_store(enum ait_class class);

#endif
