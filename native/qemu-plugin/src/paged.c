#include "paged.h"

#include <stdlib.h>
#include <string.h>

void *ait_zeroed(size_t count, size_t bytes) {
  void *memory = calloc(count, bytes);
  if (memory == NULL) abort();
  return memory;
}

void *ait_paged_grow(struct ait_paged *table, size_t index) {
  const size_t page = index / AIT_PAGE_RECORDS;
  if (page >= table->pages) {
    const size_t pages = page + 1 > 2 * table->pages ? page + 1 : 2 * table->pages;
    table->page = realloc(table->page, pages * sizeof *table->page);
    if (table->page == NULL) abort();
    memset(table->page + table->pages, 0, (pages - table->pages) * sizeof *table->page);
    table->pages = pages;
  }
  if (table->page[page] == NULL) table->page[page] = ait_zeroed(AIT_PAGE_RECORDS, table->record_bytes);
  return (char *)table->page[page] + index % AIT_PAGE_RECORDS * table->record_bytes;
}
