#include "thread.h"

#include <stdlib.h>

void ait_thread_init(struct ait_thread *thread) {
  thread->records.record_bytes = sizeof(struct ait_record);
  thread->type = AIT_UNKNOWN_TYPE;
  ait_thread_move(thread, AIT_OUTSIDE);
}

void ait_thread_move(struct ait_thread *thread, uint32_t place) {
  thread->place = place;
  thread->record = ait_paged_at(&thread->records, place);
  thread->record->successors.record_bytes = sizeof(struct ait_successors);
  thread->record->events.record_bytes = sizeof(struct ait_events);
}

static void count_far(struct ait_successors *from, uint32_t to) {
  for (uint32_t i = 0; i < from->far_count; i++) {
    if (from->far[i].to != to) continue;
    from->far[i].count++;
    return;
  }
  if (from->far_count == from->far_room) {
    from->far_room = from->far_room == 0 ? 4 : 2 * from->far_room;
    from->far = realloc(from->far, from->far_room * sizeof *from->far);
    if (from->far == NULL) abort();
  }
  const struct ait_edge edge = {to, 1};
  from->far[from->far_count++] = edge;
}

static void count(struct ait_successors *from, uint32_t to) {
  for (int i = 0; i < 2; i++) {
    if (from->near[i].to == 0) from->near[i].to = to;
    if (from->near[i].to != to) continue;
    from->near[i].count++;
    return;
  }
  count_far(from, to);
}

void ait_thread_execute(struct ait_thread *thread, struct ait_block *block) {
  const struct ait_variant *variant = ait_variant_of(block, thread->type);
  if (block->sets_type) thread->type = block->type_after;
  count(ait_paged_at(&thread->record->successors, thread->previous), variant->id);
  thread->previous = variant->id;
}
