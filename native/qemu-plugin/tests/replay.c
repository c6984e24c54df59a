/*
 * Replays accesses through the plugin's cache model. Arguments: line l1 l1ways l2 l2ways cores streams reach; standard
 * input: one access per line, core, `l` or `s`, address. Prints the events of each core.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../src/memory.h"
#include "../src/paged.h"

enum { MOST_CORES = 8 };

int main(int argc, char **argv) {
  if (argc != 9) return 2;
  size_t value[8];
  for (int i = 0; i < 8; i++) value[i] = (size_t)strtoull(argv[i + 1], NULL, 10);
  const struct ait_memory_plan plan = {value[0], value[1], value[2], value[3], value[4], value[5], value[6], value[7], 16};
  const char *wrong = ait_memory_plan_error(&plan);
  if (wrong != NULL) {
    fprintf(stderr, "%s\n", wrong);
    return 1;
  }
  struct ait_cluster cluster;
  ait_cluster_init(&cluster, &plan);
  struct ait_core_memory *core = ait_zeroed(MOST_CORES, sizeof *core);
  struct ait_events events[MOST_CORES] = {{{0}}};
  for (size_t i = 0; i < MOST_CORES; i++) ait_core_memory_init(&core[i], &cluster, &plan);
  unsigned at;
  char kind;
  uint64_t address;
  while (scanf("%u %c %" SCNu64, &at, &kind, &address) == 3 && at < MOST_CORES) {
    ait_memory_access(&core[at], address / plan.line, kind == 's', &events[at]);
  }
  for (size_t i = 0; i < plan.cluster && i < MOST_CORES; i++) {
    for (int event = 0; event < AIT_EVENT_COUNT; event++) printf("%s%" PRIu64, event == 0 ? "" : " ", events[i].count[event]);
    putchar('\n');
  }
  return 0;
}
