#include "streams.h"

#include <string.h>

int ait_streams_follow(struct ait_streams *streams, uint64_t line) {
  size_t found = 0;
  while (found < streams->count) {
    const uint64_t last = streams->last[found];
    const uint64_t distance = line > last ? line - last : last - line;
    if (last != 0 && distance <= streams->reach) break;
    found++;
  }
  const int follows = found < streams->count;
  const size_t from = follows ? found : streams->count - 1;
  memmove(streams->last + 1, streams->last, from * sizeof *streams->last);
  streams->last[0] = line;
  return follows;
}
