#include "memory.h"

#include <string.h>

static int is_power_of_two(size_t value) { return value != 0 && (value & (value - 1)) == 0; }

static int is_cache(size_t bytes, size_t line, size_t ways) {
  return ways > 0 && ways <= 64 && bytes % (line * ways) == 0 && is_power_of_two(bytes / (line * ways));
}

const char *ait_memory_plan_error(const struct ait_memory_plan *plan) {
  if (!is_power_of_two(plan->line) || plan->line < 8) return "line";
  if (!is_cache(plan->l1, plan->line, plan->l1_ways)) return "l1";
  if (!is_cache(plan->l2, plan->line, plan->l2_ways)) return "l2";
  if (plan->cluster == 0) return "cluster";
  if (plan->streams == 0 || plan->streams > AIT_MOST_STREAMS) return "streams";
  return is_power_of_two(plan->width) ? NULL : "width";
}

void ait_cluster_init(struct ait_cluster *cluster, const struct ait_memory_plan *plan) {
  pthread_mutex_init(&cluster->lock, NULL);
  ait_cache_init(&cluster->l2, plan->l2 / plan->line, plan->l2_ways);
}

void ait_core_memory_init(struct ait_core_memory *core, struct ait_cluster *cluster, const struct ait_memory_plan *plan) {
  core->line_shift = 0;
  while ((size_t)1 << core->line_shift < plan->line) core->line_shift++;
  core->width_mask = plan->width - 1;
  ait_cache_init(&core->l1, plan->l1 / plan->line, plan->l1_ways);
  core->streams.count = plan->streams;
  core->streams.reach = plan->reach;
  core->cluster = cluster;
}

void ait_cluster_clear(struct ait_cluster *cluster) {
  pthread_mutex_lock(&cluster->lock);
  ait_cache_clear(&cluster->l2);
  pthread_mutex_unlock(&cluster->lock);
}

void ait_core_memory_clear(struct ait_core_memory *core) {
  ait_cache_clear(&core->l1);
  memset(core->streams.last, 0, sizeof core->streams.last);
  core->last_line = 0;
  core->last_dirty = 0;
}

/* A dirty line leaves the first level. */
static void write_back(struct ait_cluster *cluster, uint64_t line, struct ait_events *events) {
  events->count[AIT_writeBackL2]++;
  if (ait_cache_touch(&cluster->l2, line, 1)) return;
  const struct ait_victim victim = ait_cache_fill(&cluster->l2, line, 1);
  if (victim.dirty) events->count[AIT_writeBackDram]++;
}

/* Brings a line into the second level; returns whether it was there. */
static int fetch(struct ait_cluster *cluster, uint64_t line, struct ait_events *events) {
  if (ait_cache_touch(&cluster->l2, line, 0)) return 1;
  const struct ait_victim victim = ait_cache_fill(&cluster->l2, line, 0);
  if (victim.dirty) events->count[AIT_writeBackDram]++;
  return 0;
}

static enum ait_event event_of(int store, int in_l2, int stream) {
  const int place = (store ? AIT_storeL2Stream : AIT_loadL2Stream) + (in_l2 ? 0 : 2);
  return (enum ait_event)(place + (stream ? 0 : 1));
}

void ait_memory_access(struct ait_core_memory *core, uint64_t line, int store, struct ait_events *events) {
  core->last_line = line;
  core->last_dirty = store;
  if (ait_cache_touch(&core->l1, line, store)) return;
  const int stream = ait_streams_follow(&core->streams, line);
  const struct ait_victim victim = ait_cache_fill(&core->l1, line, store);
  pthread_mutex_lock(&core->cluster->lock);
  if (victim.dirty) write_back(core->cluster, victim.line, events);
  const int in_l2 = fetch(core->cluster, line, events);
  pthread_mutex_unlock(&core->cluster->lock);
  events->count[event_of(store, in_l2, stream)]++;
}
