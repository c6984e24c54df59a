#ifndef AIT_THREAD_H
#define AIT_THREAD_H

#include <stdint.h>

#include "block.h"
#include "memory.h"
#include "paged.h"
#include "turns.h"

/* Where the program stands: outside the region, inside it, or in step n of a network, which is AIT_FIRST_STEP + n. */
enum { AIT_OUTSIDE, AIT_INSIDE, AIT_FIRST_STEP };

/* How often a variant followed another one. */
struct ait_edge {
  uint32_t to;
  uint64_t count;
};

/* What followed a variant, most places first come: a block that ends in a branch has two successors. */
struct ait_successors {
  struct ait_edge near[2];
  struct ait_edge *far;
  uint32_t far_count, far_room;
};

/* What a thread executed at one place: successors by variant number (0: nothing before), events by block number. */
struct ait_record {
  struct ait_paged successors;
  struct ait_paged events;
};

/* A guest thread, standing for the core it would run on. Only that thread writes to it. */
struct ait_thread {
  struct ait_paged records;
  uint32_t place;
  /* The region the thread has entered last. */
  uint32_t region;
  struct ait_record *record;
  uint32_t type;
  uint32_t previous;
  struct ait_core_memory memory;
  struct ait_runner runner;
};

void ait_thread_init(struct ait_thread *thread);

void ait_thread_move(struct ait_thread *thread, uint32_t place);

void ait_thread_execute(struct ait_thread *thread, struct ait_block *block);

static inline struct ait_events *ait_thread_events(struct ait_thread *thread, const struct ait_block *block) {
  return ait_paged_at(&thread->record->events, block->id);
}

#endif
