#ifndef AIT_POSITIONS_H
#define AIT_POSITIONS_H

#include <stddef.h>
#include <stdint.h>

/*
 * How a channel-major tensor lies: channel c, position q is element q / block · stride + c · channel + q % block.
 * The plain form is one block of all positions (channel = block, stride is not used); the position-blocked form has
 * channel = block and a stride of all its channels, or of those of the join it is a slice of.
 */
struct ait_positions {
  size_t block, channel, stride;
};

/* Element of position q of channel 0. */
static inline size_t ait_position(const struct ait_positions *at, size_t q) {
  return q < at->block ? q : q / at->block * at->stride + q % at->block;
}

/*
 * The same where the length of blocks is known when the kernel is made, so that no division is left: `block` is 0 for
 * the plain form.
 */
static inline size_t ait_place(const struct ait_positions *at, size_t block, size_t q) {
  return block == 0 ? q : q / block * at->stride + q % block;
}

/* How many positions from q on, itself included, lie in its block; more than there are in the plain form. */
static inline size_t ait_room(size_t block, size_t q) { return block == 0 ? SIZE_MAX : block - q % block; }

#endif
