#ifndef AIT_PAGED_H
#define AIT_PAGED_H

#include <stddef.h>

/* A table of zeroed records of one size that grows where it is used and never moves them. One thread at a time. */
struct ait_paged {
  size_t record_bytes;
  size_t pages;
  void **page;
};

enum { AIT_PAGE_RECORDS = 64 };

void *ait_paged_grow(struct ait_paged *table, size_t index);

/* The record, made on first use; `record_bytes` must be set. */
static inline void *ait_paged_at(struct ait_paged *table, size_t index) {
  const size_t page = index / AIT_PAGE_RECORDS;
  if (page >= table->pages || table->page[page] == NULL) return ait_paged_grow(table, index);
  return (char *)table->page[page] + index % AIT_PAGE_RECORDS * table->record_bytes;
}

/* The record, or NULL when none of its page was ever used. */
static inline const void *ait_paged_find(const struct ait_paged *table, size_t index) {
  const size_t page = index / AIT_PAGE_RECORDS;
  if (page >= table->pages || table->page[page] == NULL) return NULL;
  return (const char *)table->page[page] + index % AIT_PAGE_RECORDS * table->record_bytes;
}

/* One more than the largest index that may hold a record. */
static inline size_t ait_paged_end(const struct ait_paged *table) { return table->pages * AIT_PAGE_RECORDS; }

/* calloc that ends the process when there is no memory: an emulator cannot report less than it has counted. */
void *ait_zeroed(size_t count, size_t bytes);

#endif
