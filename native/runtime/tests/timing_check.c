/*
 * Runs the timing loop of a program with a clock and a cycle counter that this file makes up; linked with --wrap.
 * Arguments: `steady`, `once` (the clock jumps back during the second timed run) or `always`.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "ait/cycles.h"
#include "ait/timing.h"

static const char *mode = "steady";
static int calls;
static int runs;

/* Two calls around every timed run: 1000 ns pass in each, unless the clock jumps. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
  (void)clock;
  static long time = 500000;
  const int second = ++calls % 2 == 0;
  const int jumps = second && (strcmp(mode, "always") == 0 || (strcmp(mode, "once") == 0 && calls == 4));
  time += jumps ? -5000 : 1000;
  now->tv_sec = 0;
  now->tv_nsec = time;
  return 0;
}

/* The only call through syscall() is perf_event_open: the counter is a pipe, with numbers to come. */
long __wrap_syscall(long number, ...) {
  int ends[2];
  if (number != SYS_perf_event_open || strcmp(mode, "always") == 0) {
    errno = EACCES;
    return -1;
  }
  if (pipe(ends) != 0) return -1;
  for (uint64_t count = 100; count < 100000; count += 250) {
    if (write(ends[1], &count, sizeof count) != (ssize_t)sizeof count) return -1;
  }
  return ends[0];
}

static enum ait_status run(void *model, const void *const *inputs, void *const *outputs) {
  (void)model, (void)inputs, (void)outputs;
  runs++;
  return AIT_OK;
}

int main(int argc, char **argv) {
  if (argc > 1) mode = argv[1];
  const struct ait_model_api api = {.name = "x", .run = run};
  const struct ait_program_options options = {.warmup = 2, .iterations = 3, .samples = 1};
  struct ait_cycles cycles;
  struct ait_timing timing = {0};
  const struct ait_meters meters = {&cycles, NULL};
  ait_cycles_open(&cycles);
  const int status = ait_time_runs(&api, NULL, NULL, NULL, &options, &meters, &timing);
  printf("runs %d, median %llu\n", runs, (unsigned long long)timing.median);
  ait_cycles_close(&cycles);
  return status;
}
