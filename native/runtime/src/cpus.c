#include "ait/cpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__

#include <sched.h>

int ait_cpus_bind(const char *list) {
  cpu_set_t set;
  CPU_ZERO(&set);
  const char *at = list;
  for (;;) {
    char *end = NULL;
    const unsigned long cpu = *at >= '0' && *at <= '9' ? strtoul(at, &end, 10) : CPU_SETSIZE;
    if (cpu >= CPU_SETSIZE || (*end != ',' && *end != 0)) {
      fprintf(stderr, "error: --cpus takes numbers of cores separated by commas, not %.100s\n", list);
      return 2;
    }
    CPU_SET(cpu, &set);
    if (*end == 0) break;
    at = end + 1;
  }
  if (sched_setaffinity(0, sizeof set, &set) == 0) return 0;
  fprintf(stderr, "error: cannot run on cores %.100s: %s\n", list, strerror(errno));
  return 2;
}

#else

int ait_cpus_bind(const char *list) {
  fprintf(stderr, "error: this system cannot bind a program to cores %.100s\n", list);
  return 2;
}

#endif
