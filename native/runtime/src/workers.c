#include "ait/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define CACHE_LINE 64

struct worker {
  struct ait_workers *team;
  void *scratch;
  pthread_t thread;
};

struct ait_workers {
  size_t count;
  int dealt;
  size_t started;
  struct worker *worker;
  unsigned char *scratch;

  /* The job on hand; written under the lock before `round` moves on. */
  ait_task task;
  const void *args;
  size_t tasks;
  atomic_size_t next;

  pthread_mutex_t lock;
  pthread_cond_t begin;
  pthread_cond_t end;
  size_t round;
  size_t busy;
  int stop;
};

static void run_tasks(struct ait_workers *team, const struct worker *self) {
  const size_t first = (size_t)(self - team->worker);
  if (team->dealt) {
    for (size_t task = first; task < team->tasks; task += team->count) team->task(team->args, task, self->scratch);
    return;
  }
  for (;;) {
    const size_t task = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
    if (task >= team->tasks) return;
    team->task(team->args, task, self->scratch);
  }
}

static void *worker_main(void *arg) {
  struct worker *self = arg;
  struct ait_workers *team = self->team;
  size_t seen = 0;
  pthread_mutex_lock(&team->lock);
  for (;;) {
    while (team->round == seen && !team->stop) pthread_cond_wait(&team->begin, &team->lock);
    if (team->stop) break;
    seen = team->round;
    pthread_mutex_unlock(&team->lock);
    run_tasks(team, self);
    pthread_mutex_lock(&team->lock);
    if (--team->busy == 0) pthread_cond_signal(&team->end);
  }
  pthread_mutex_unlock(&team->lock);
  return NULL;
}

static size_t round_up(size_t bytes) { return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE; }

static int start_threads(struct ait_workers *team) {
  for (size_t i = 1; i < team->count; i++) {
    if (pthread_create(&team->worker[i].thread, NULL, worker_main, &team->worker[i]) != 0) return -1;
    team->started = i;
  }
  return 0;
}

struct ait_workers *ait_workers_create(size_t threads, size_t scratch_bytes) {
  if (threads == 0) threads = 1;
  if (scratch_bytes > SIZE_MAX - CACHE_LINE) return NULL;
  const size_t each = round_up(scratch_bytes);
  struct ait_workers *team = calloc(1, sizeof *team);
  if (team == NULL) return NULL;
  team->count = threads;
  team->worker = calloc(threads, sizeof *team->worker);
  if (each > 0 && threads <= SIZE_MAX / each) team->scratch = aligned_alloc(CACHE_LINE, each * threads);
  if (team->worker == NULL || (each > 0 && team->scratch == NULL)) {
    free(team->scratch);
    free(team->worker);
    free(team);
    return NULL;
  }
  pthread_mutex_init(&team->lock, NULL);
  pthread_cond_init(&team->begin, NULL);
  pthread_cond_init(&team->end, NULL);
  for (size_t i = 0; i < threads; i++) {
    team->worker[i].team = team;
    team->worker[i].scratch = each == 0 ? NULL : team->scratch + i * each;
  }
  if (start_threads(team) != 0) {
    ait_workers_destroy(team);
    return NULL;
  }
  return team;
}

void ait_workers_destroy(struct ait_workers *team) {
  if (team == NULL) return;
  pthread_mutex_lock(&team->lock);
  team->stop = 1;
  pthread_cond_broadcast(&team->begin);
  pthread_mutex_unlock(&team->lock);
  for (size_t i = 1; i <= team->started; i++) pthread_join(team->worker[i].thread, NULL);
  pthread_cond_destroy(&team->end);
  pthread_cond_destroy(&team->begin);
  pthread_mutex_destroy(&team->lock);
  free(team->scratch);
  free(team->worker);
  free(team);
}

void ait_workers_deal(struct ait_workers *team) { team->dealt = 1; }

size_t ait_workers_count(const struct ait_workers *team) { return team->count; }

void ait_parallel(struct ait_workers *team, size_t tasks, ait_task task, const void *args) {
  /* One worker or one task: no hand-over, and nothing for other threads to see. */
  if (team->count == 1 || tasks <= 1) {
    for (size_t i = 0; i < tasks; i++) task(args, i, team->worker[0].scratch);
    return;
  }
  pthread_mutex_lock(&team->lock);
  team->task = task;
  team->args = args;
  team->tasks = tasks;
  atomic_store_explicit(&team->next, 0, memory_order_relaxed);
  team->busy = team->count - 1;
  team->round++;
  pthread_cond_broadcast(&team->begin);
  pthread_mutex_unlock(&team->lock);

  run_tasks(team, &team->worker[0]);

  pthread_mutex_lock(&team->lock);
  while (team->busy > 0) pthread_cond_wait(&team->end, &team->lock);
  pthread_mutex_unlock(&team->lock);
}
