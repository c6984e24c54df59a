#ifndef AIT_CACHE_H
#define AIT_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* A set-associative cache with least-recently-used replacement. Lines are named by address / line size. */
struct ait_cache {
  size_t ways;
  /* Number of sets - 1; a power of two less one. */
  uint64_t set_mask;
  /* [set][way], most recently used first: line << 1 | dirty, plus 2 so that 0 means empty. */
  uint64_t *entry;
};

/* What had to leave to make room for a line. */
struct ait_victim {
  int present, dirty;
  uint64_t line;
};

/* `lines` must be a multiple of `ways` and the quotient a power of two; returns 0, or -1 when it is not. */
int ait_cache_init(struct ait_cache *cache, size_t lines, size_t ways);

/* Forgets all lines. */
void ait_cache_clear(struct ait_cache *cache);

/* Looks a line up and makes it the most recently used; `store` marks it dirty. Returns whether it was there. */
int ait_cache_touch(struct ait_cache *cache, uint64_t line, int store);

/* Puts a line in that is not there. */
struct ait_victim ait_cache_fill(struct ait_cache *cache, uint64_t line, int dirty);

#endif
