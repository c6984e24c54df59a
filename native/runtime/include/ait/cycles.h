#ifndef AIT_CYCLES_H
#define AIT_CYCLES_H

#include <stdint.h>

/*
 * Processor cycles that this process and the threads it starts after the call spend outside of the kernel. The counter
 * is the kernel's (perf_event): what it is allowed to whom is the machine's setting.
 */
struct ait_cycles {
  /* File descriptor of the counter, -1 when there is none. */
  int fd;
  /* Why there is none; NULL otherwise. */
  const char *missing;
};

void ait_cycles_open(struct ait_cycles *cycles);
void ait_cycles_close(struct ait_cycles *cycles);

/* The count so far; 0 when there is no counter. */
uint64_t ait_cycles_read(const struct ait_cycles *cycles);

#endif
