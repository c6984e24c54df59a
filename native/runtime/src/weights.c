#include "ait/weights.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t rotate(uint32_t x, unsigned bits) { return x << bits | x >> (32 - bits); }

void ait_hash128(const unsigned char *data, size_t bytes, uint32_t hash[4]) {
  uint32_t h[4];
  for (uint32_t i = 0; i < 4; i++) h[i] = 0x85EBCA6BU + i;
  for (size_t at = 0; at + 16 <= bytes; at += 16) {
    uint32_t word[4];
    memcpy(word, data + at, 16);
    for (size_t i = 0; i < 4; i++) h[i] = rotate(h[i] ^ word[i], 13) * 0x9E3779B1U;
  }
  for (size_t i = 0; i < 4; i++) {
    uint32_t x = h[i] ^ (uint32_t)bytes;
    x = (x ^ x >> 16) * 0x85EBCA6BU;
    x = (x ^ x >> 13) * 0xC2B2AE35U;
    hash[i] = x ^ x >> 16;
  }
}

static enum ait_status check(const unsigned char *file, size_t bytes, const uint32_t hash[4]) {
  const uint32_t version = 1;
  const uint64_t body = bytes;
  if (memcmp(file, "AITW", 4) != 0 || memcmp(file + 4, &version, 4) != 0) return AIT_WEIGHTS_UNREADABLE;
  if (memcmp(file + 8, &body, 8) != 0 || memcmp(file + 16, hash, 16) != 0) return AIT_WEIGHTS_MISMATCH;
  uint32_t actual[4];
  ait_hash128(file + AIT_WEIGHTS_HEADER, bytes, actual);
  return memcmp(actual, hash, 16) == 0 ? AIT_OK : AIT_WEIGHTS_MISMATCH;
}

enum ait_status ait_weights_open(const char *path, size_t bytes, const uint32_t hash[4], struct ait_weights *weights) {
  memset(weights, 0, sizeof *weights);
  if (bytes == 0) return AIT_OK;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return AIT_WEIGHTS_MISSING;
  struct stat stat;
  enum ait_status status = AIT_WEIGHTS_UNREADABLE;
  if (fstat(file, &stat) == 0 && S_ISREG(stat.st_mode)) {
    const size_t size = AIT_WEIGHTS_HEADER + bytes;
    status = (uint64_t)stat.st_size == size ? AIT_OK : AIT_WEIGHTS_MISMATCH;
    void *mapping = status == AIT_OK ? mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    if (status == AIT_OK && mapping == MAP_FAILED) status = AIT_WEIGHTS_UNREADABLE;
    if (status == AIT_OK) {
      status = check(mapping, bytes, hash);
      weights->mapping = mapping;
      weights->mapped = size;
      weights->body = (const unsigned char *)mapping + AIT_WEIGHTS_HEADER;
      weights->bytes = bytes;
      if (status != AIT_OK) ait_weights_close(weights);
    }
  }
  close(file);
  return status;
}

enum ait_status ait_weights_embedded(const unsigned char *file, size_t bytes, const uint32_t hash[4],
                                     struct ait_weights *weights) {
  memset(weights, 0, sizeof *weights);
  if (bytes == 0) return AIT_OK;
  weights->body = file + AIT_WEIGHTS_HEADER;
  weights->bytes = bytes;
  return check(file, bytes, hash);
}

void ait_weights_close(struct ait_weights *weights) {
  if (weights->mapping != NULL) munmap(weights->mapping, weights->mapped);
  memset(weights, 0, sizeof *weights);
}
