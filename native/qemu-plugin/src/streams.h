#ifndef AIT_STREAMS_H
#define AIT_STREAMS_H

#include <stddef.h>
#include <stdint.h>

enum { AIT_MOST_STREAMS = 64 };

/* The last lines of the most recent streams of misses of one core, most recent first. */
struct ait_streams {
  size_t count;
  /* How many lines a stream may advance at once, in either direction. */
  uint64_t reach;
  uint64_t last[AIT_MOST_STREAMS];
};

/*
 * Whether a missed line continues one of the streams, which then moves on to it. A line that continues none begins a
 * stream of its own in place of the least recent one.
 */
int ait_streams_follow(struct ait_streams *streams, uint64_t line);

#endif
