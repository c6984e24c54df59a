#ifndef AIT_MEMORY_H
#define AIT_MEMORY_H

#include <pthread.h>
#include <stdint.h>

#include "cache.h"
#include "streams.h"

/*
 * What the memory accesses of a block met, beyond hits in the first-level cache: where a missed line came from, and
 * whether it continued a stream; lines written back to the second level and to memory; vector accesses that did not
 * begin at a multiple of the memory unit's width. In the order of the report;
 * packages/remote/src/profile/report.ts names the same.
 */
#define AIT_EVENTS(X)                                                                                       \
  X(loadL2Stream) X(loadL2Lone) X(loadDramStream) X(loadDramLone)                                           \
  X(storeL2Stream) X(storeL2Lone) X(storeDramStream) X(storeDramLone)                                       \
  X(writeBackL2) X(writeBackDram) X(misaligned)

#define AIT_ENUM(name) AIT_##name,
enum ait_event { AIT_EVENTS(AIT_ENUM) AIT_EVENT_COUNT };
#undef AIT_ENUM

struct ait_events {
  uint64_t count[AIT_EVENT_COUNT];
};

/* The caches to model; sizes in bytes. */
struct ait_memory_plan {
  size_t line, l1, l1_ways, l2, l2_ways;
  /* Cores that share a second-level cache. */
  size_t cluster;
  size_t streams, reach;
  /* Width of the vector memory unit. */
  size_t width;
};

/* Returns NULL, or the name of the setting that cannot be. */
const char *ait_memory_plan_error(const struct ait_memory_plan *plan);

struct ait_cluster {
  pthread_mutex_t lock;
  struct ait_cache l2;
};

/* A core's own part. */
struct ait_core_memory {
  unsigned line_shift;
  uint64_t width_mask;
  struct ait_cache l1;
  struct ait_streams streams;
  struct ait_cluster *cluster;
  /* The line touched last, and whether it is known to be dirty: most accesses go there again. */
  uint64_t last_line;
  int last_dirty;
  /* A vector instruction is about to make its first access. */
  int fresh;
};

void ait_cluster_init(struct ait_cluster *cluster, const struct ait_memory_plan *plan);
void ait_core_memory_init(struct ait_core_memory *core, struct ait_cluster *cluster, const struct ait_memory_plan *plan);

/* As after a long pause: nothing is cached, and nothing was dirty. */
void ait_cluster_clear(struct ait_cluster *cluster);
void ait_core_memory_clear(struct ait_core_memory *core);

/* One access to a line; `store` says what the access does. */
void ait_memory_access(struct ait_core_memory *core, uint64_t line, int store, struct ait_events *events);

#endif
