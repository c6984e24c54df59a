#ifndef AIT_WEIGHTS_H
#define AIT_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "ait/status.h"

/*
 * weights.bin: a header of 64 bytes, then the packed weights, each at a multiple of 64 bytes.
 *
 *   0  "AITW"          4  u32 version (1)      8  u64 bytes of the body
 *  16  u32 hash[4] of the body                32  zeros
 *
 * All little-endian. The hash is that of ait_hash128: it finds damage and mix-ups, not malice.
 */
#define AIT_WEIGHTS_HEADER 64

struct ait_weights {
  /* The body, aligned to 64 bytes; NULL for a model without weights. */
  const unsigned char *body;
  size_t bytes;
  /* What to unmap; NULL when the weights are embedded. */
  void *mapping;
  size_t mapped;
};

/*
 * Maps the file read-only and shared, and checks version, size and hash against what the model was compiled with.
 */
enum ait_status ait_weights_open(const char *path, size_t bytes, const uint32_t hash[4], struct ait_weights *weights);

/* The same for a weights.bin that the linker has put into the program. */
enum ait_status ait_weights_embedded(const unsigned char *file, size_t bytes, const uint32_t hash[4],
                                     struct ait_weights *weights);

void ait_weights_close(struct ait_weights *weights);

/*
 * 128-bit hash of `bytes` bytes, a multiple of 16. Lane i takes words i, i+4, i+8, …:
 * h = rotl(h ^ word, 13) · 0x9E3779B1 from h = 0x85EBCA6B + i, and is mixed at the end with the length.
 */
void ait_hash128(const unsigned char *data, size_t bytes, uint32_t hash[4]);

#endif
