#ifndef AIT_POSITIONS_H
#define AIT_POSITIONS_H

#include <stddef.h>

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

#endif
