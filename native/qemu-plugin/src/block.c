#define _POSIX_C_SOURCE 200809L
#include "block.h"

#include <pthread.h>
#include <string.h>

#include "paged.h"

enum { BUCKETS = 16384 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ait_block *bucket[BUCKETS];
static uint32_t blocks;
static uint32_t variants;

static struct ait_block **bucket_of(uint64_t address) { return &bucket[(address >> 1) % BUCKETS]; }

static int same(const struct ait_block *block, uint64_t address, const uint32_t *words, size_t count) {
  return block->address == address && block->count == count && memcmp(block->word, words, count * sizeof *words) == 0;
}

static struct ait_block *new_block(uint64_t address, const uint32_t *words, const uint8_t *sizes, size_t count) {
  struct ait_block *block = ait_zeroed(1, sizeof *block);
  block->id = blocks++;
  block->address = address;
  block->count = count;
  block->word = ait_zeroed(count + 1, sizeof *block->word);
  block->class = ait_zeroed(count + 1, sizeof *block->class);
  memcpy(block->word, words, count * sizeof *words);
  for (size_t i = 0; i < count; i++) {
    const enum ait_class class = ait_classify(words[i], sizes[i]);
    block->class[i] = (uint8_t)class;
    block->reads_type |= !block->sets_type && ait_reads_type(class);
    block->sets_type |= ait_sets_type(words[i], sizes[i], &block->type_after);
  }
  return block;
}

struct ait_block *ait_block_of(uint64_t address, const uint32_t *words, const uint8_t *sizes, size_t count) {
  pthread_mutex_lock(&lock);
  struct ait_block **head = bucket_of(address);
  struct ait_block *block = *head;
  while (block != NULL && !same(block, address, words, count)) block = block->next_in_bucket;
  if (block == NULL) {
    block = new_block(address, words, sizes, count);
    block->next_in_bucket = *head;
    *head = block;
  }
  pthread_mutex_unlock(&lock);
  return block;
}

static const struct ait_variant *find(const struct ait_block *block, uint32_t type) {
  const struct ait_variant *variant = atomic_load_explicit(&block->variants, memory_order_acquire);
  while (variant != NULL && variant->type != type) variant = variant->next;
  return variant;
}

static const struct ait_variant *add(struct ait_block *block, uint32_t type) {
  pthread_mutex_lock(&lock);
  const struct ait_variant *found = find(block, type);
  if (found == NULL) {
    struct ait_variant *made = ait_zeroed(1, sizeof *made);
    made->id = ++variants;
    made->type = type;
    made->next = atomic_load(&block->variants);
    atomic_store_explicit(&block->variants, made, memory_order_release);
    found = made;
  }
  pthread_mutex_unlock(&lock);
  return found;
}

const struct ait_variant *ait_variant_of(struct ait_block *block, uint32_t type) {
  const uint32_t known = block->reads_type ? type : 0;
  const struct ait_variant *found = find(block, known);
  return found != NULL ? found : add(block, known);
}

void ait_each_block(void (*visit)(const struct ait_block *block, void *data), void *data) {
  for (size_t i = 0; i < BUCKETS; i++) {
    for (const struct ait_block *block = bucket[i]; block != NULL; block = block->next_in_bucket) visit(block, data);
  }
}
