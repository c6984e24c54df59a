#include "ait/cycles.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__

#include <linux/perf_event.h>
#include <sys/syscall.h>

void ait_cycles_open(struct ait_cycles *cycles) {
  struct perf_event_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_HARDWARE;
  attr.config = PERF_COUNT_HW_CPU_CYCLES;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  attr.inherit = 1;
  cycles->fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0UL);
  cycles->missing = cycles->fd < 0 ? strerror(errno) : NULL;
}

#else

void ait_cycles_open(struct ait_cycles *cycles) {
  cycles->fd = -1;
  cycles->missing = "this system has no perf_event";
}

#endif

void ait_cycles_close(struct ait_cycles *cycles) {
  if (cycles->fd >= 0) close(cycles->fd);
  cycles->fd = -1;
}

uint64_t ait_cycles_read(const struct ait_cycles *cycles) {
  uint64_t count = 0;
  if (cycles->fd < 0 || read(cycles->fd, &count, sizeof count) != (ssize_t)sizeof count) return 0;
  return count;
}
