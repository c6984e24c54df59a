#ifndef AIT_OPTIONS_H
#define AIT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* The command line of a model's program. */
struct ait_program_options {
  const char *input, *output, *weights, *layers, *cpus;
  /* 0 random, 1 ones */
  int fill_ones;
  uint64_t seed;
  /* threads: 0 when not given */
  size_t warmup, iterations, threads;
  /* Tasks dealt out to threads in turn; time of every layer. */
  int deal_tasks, profile;
  int json, help;
  /* A line of JSON for each timed inference. */
  int samples;
};

/* Returns 0, or 2 after printing one line to stderr. */
int ait_options_parse(struct ait_program_options *options, int argc, char **argv);
void ait_options_help(const char *name);

#endif
