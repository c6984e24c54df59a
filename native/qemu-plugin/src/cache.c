#include "cache.h"

#include <string.h>

#include "paged.h"

int ait_cache_init(struct ait_cache *cache, size_t lines, size_t ways) {
  if (ways == 0 || lines == 0 || lines % ways != 0) return -1;
  const size_t sets = lines / ways;
  if ((sets & (sets - 1)) != 0) return -1;
  cache->ways = ways;
  cache->set_mask = sets - 1;
  cache->entry = ait_zeroed(lines, sizeof *cache->entry);
  return 0;
}

void ait_cache_clear(struct ait_cache *cache) {
  memset(cache->entry, 0, (cache->set_mask + 1) * cache->ways * sizeof *cache->entry);
}

static uint64_t *set_of(const struct ait_cache *cache, uint64_t line) {
  return cache->entry + (line & cache->set_mask) * cache->ways;
}

int ait_cache_touch(struct ait_cache *cache, uint64_t line, int store) {
  uint64_t *set = set_of(cache, line);
  const uint64_t clean = (line << 1) + 2;
  for (size_t way = 0; way < cache->ways; way++) {
    if ((set[way] & ~(uint64_t)1) != clean) continue;
    const uint64_t found = set[way] | (uint64_t)(store != 0);
    for (; way > 0; way--) set[way] = set[way - 1];
    set[0] = found;
    return 1;
  }
  return 0;
}

struct ait_victim ait_cache_fill(struct ait_cache *cache, uint64_t line, int dirty) {
  uint64_t *set = set_of(cache, line);
  const uint64_t last = set[cache->ways - 1];
  memmove(set + 1, set, (cache->ways - 1) * sizeof *set);
  set[0] = ((line << 1) + 2) | (uint64_t)(dirty != 0);
  const struct ait_victim victim = {last != 0, (last & 1) != 0, (last >> 1) - 1};
  return victim;
}
