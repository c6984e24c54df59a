#ifndef AIT_BLOCK_H
#define AIT_BLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "decode.h"

/*
 * A block is a run of instructions without a marker that is entered at its first instruction only, as the emulator
 * translates it. What an instruction costs depends on the vector type, so each type a block is entered with makes a
 * variant of the block; executions are counted by variant.
 */
struct ait_variant {
  uint32_t id;
  uint32_t type;
  struct ait_variant *next;
};

struct ait_block {
  uint32_t id;
  uint64_t address;
  size_t count;
  uint32_t *word;
  uint8_t *class;
  /* Whether an instruction depends on the type the block is entered with, and the type it leaves behind, if it sets one. */
  int reads_type, sets_type;
  uint32_t type_after;
  struct ait_variant *_Atomic variants;
  struct ait_block *next_in_bucket;
};

/* The block with these instructions at this address; it lives as long as the process. Safe to call from any thread. */
struct ait_block *ait_block_of(uint64_t address, const uint32_t *words, const uint8_t *sizes, size_t count);

/* The variant of a block that was entered with a type. Numbers begin with 1. Safe to call from any thread. */
const struct ait_variant *ait_variant_of(struct ait_block *block, uint32_t type);

/* Calls `visit` for every block. */
void ait_each_block(void (*visit)(const struct ait_block *block, void *data), void *data);

#endif
