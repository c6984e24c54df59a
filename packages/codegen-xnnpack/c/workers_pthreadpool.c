/*
 * The team of threads of ait/workers.h on top of pthreadpool, so that portable kernels and the library run on the same
 * threads.
 */
#include "workers_pthreadpool.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define CACHE_LINE 64

struct ait_workers {
  size_t count;
  int dealt;
  pthreadpool_t pool;
  unsigned char *scratch;
  size_t each;

  /* The job on hand. */
  ait_task task;
  const void *args;
  size_t tasks;
  atomic_size_t next;
};

struct ait_workers *ait_workers_create(size_t threads, size_t scratch_bytes) {
  if (threads == 0) threads = 1;
  if (scratch_bytes > SIZE_MAX - CACHE_LINE) return NULL;
  struct ait_workers *team = calloc(1, sizeof *team);
  if (team == NULL) return NULL;
  team->count = threads;
  team->each = (scratch_bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  if (team->each > 0 && threads <= SIZE_MAX / team->each) team->scratch = aligned_alloc(CACHE_LINE, team->each * threads);
  if (threads > 1) team->pool = pthreadpool_create(threads);
  if ((team->each > 0 && team->scratch == NULL) || (threads > 1 && team->pool == NULL)) {
    ait_workers_destroy(team);
    return NULL;
  }
  return team;
}

void ait_workers_deal(struct ait_workers *team) { team->dealt = 1; }

void ait_workers_destroy(struct ait_workers *team) {
  if (team == NULL) return;
  if (team->pool != NULL) pthreadpool_destroy(team->pool);
  free(team->scratch);
  free(team);
}

size_t ait_workers_count(const struct ait_workers *team) { return team->count; }

pthreadpool_t ait_workers_pthreadpool(const struct ait_workers *team) { return team->pool; }

/* What worker `worker` does of a job: one task after the other, as long as there are any. */
static void work(void *context, size_t worker) {
  struct ait_workers *team = context;
  void *scratch = team->each == 0 ? NULL : team->scratch + worker * team->each;
  if (team->dealt) {
    for (size_t task = worker; task < team->tasks; task += team->count) team->task(team->args, task, scratch);
    return;
  }
  for (;;) {
    const size_t task = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
    if (task >= team->tasks) return;
    team->task(team->args, task, scratch);
  }
}

void ait_parallel(struct ait_workers *team, size_t tasks, ait_task task, const void *args) {
  /* One worker or one task: no hand-over, and nothing for other threads to see. */
  if (team->count == 1 || tasks <= 1) {
    for (size_t i = 0; i < tasks; i++) task(args, i, team->scratch);
    return;
  }
  team->task = task;
  team->args = args;
  team->tasks = tasks;
  atomic_store_explicit(&team->next, 0, memory_order_relaxed);
  pthreadpool_parallelize_1d(team->pool, work, team, team->count, 0);
}
