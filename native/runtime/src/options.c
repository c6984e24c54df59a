#include "ait/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int bad(const char *text, const char *what) {
  fprintf(stderr, "error: ");
  fprintf(stderr, text, what);
  fputc('\n', stderr);
  return 2;
}

static int parse_number(const char *option, const char *text, uint64_t low, uint64_t high, uint64_t *value) {
  char *end = NULL;
  errno = 0;
  const unsigned long long number = text == NULL ? 0 : strtoull(text, &end, 10);
  const int digits = text != NULL && *text >= '0' && *text <= '9' && *end == 0 && errno == 0;
  if (!digits || number < low || number > high) {
    fprintf(stderr, "error: %s takes a whole number from %llu to %llu\n", option, (unsigned long long)low,
            (unsigned long long)high);
    return 2;
  }
  *value = number;
  return 0;
}

static int parse_size(const char *option, const char *text, uint64_t low, uint64_t high, size_t *value) {
  uint64_t number = 0;
  const int status = parse_number(option, text, low, high, &number);
  *value = (size_t)number;
  return status;
}

static int parse_fill(const char *text, int *ones) {
  if (text != NULL && strcmp(text, "random") == 0) *ones = 0;
  else if (text != NULL && strcmp(text, "ones") == 0) *ones = 1;
  else return bad("--fill takes random or ones%s", "");
  return 0;
}

static int parse_schedule(const char *text, int *deal) {
  if (text != NULL && strcmp(text, "dynamic") == 0) *deal = 0;
  else if (text != NULL && strcmp(text, "static") == 0) *deal = 1;
  else return bad("--schedule takes dynamic or static%s", "");
  return 0;
}

static int parse_path(const char *option, const char *text, const char **path) {
  if (text == NULL || *text == 0) return bad("%s takes a file", option);
  *path = text;
  return 0;
}

static int parse_cpus(const char *text, const char **list) {
  if (text == NULL) return bad("--cpus takes a list of cores such as 4,5,6,7%s", "");
  *list = text;
  return 0;
}

static int parse_valued(struct ait_program_options *o, const char *option, const char *value) {
  if (strcmp(option, "--input") == 0) return parse_path(option, value, &o->input);
  if (strcmp(option, "--output") == 0) return parse_path(option, value, &o->output);
  if (strcmp(option, "--weights") == 0) return parse_path(option, value, &o->weights);
  if (strcmp(option, "--layers") == 0) return parse_path(option, value, &o->layers);
  if (strcmp(option, "--cpus") == 0) return parse_cpus(value, &o->cpus);
  if (strcmp(option, "--fill") == 0) return parse_fill(value, &o->fill_ones);
  if (strcmp(option, "--schedule") == 0) return parse_schedule(value, &o->deal_tasks);
  if (strcmp(option, "--seed") == 0) return parse_number(option, value, 0, UINT64_MAX, &o->seed);
  if (strcmp(option, "--warmup") == 0) return parse_size(option, value, 0, 1000000000, &o->warmup);
  if (strcmp(option, "--iterations") == 0) return parse_size(option, value, 1, 1000000000, &o->iterations);
  if (strcmp(option, "--threads") == 0) return parse_size(option, value, 1, 1024, &o->threads);
  return -1;
}

int ait_options_parse(struct ait_program_options *options, int argc, char **argv) {
  memset(options, 0, sizeof *options);
  options->iterations = 1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      options->json = 1;
    } else if (strcmp(argv[i], "--samples") == 0) {
      options->samples = options->json = 1;
    } else if (strcmp(argv[i], "--profile") == 0) {
      options->profile = 1;
    } else if (strcmp(argv[i], "--help") == 0) {
      options->help = 1;
    } else {
      const int status = parse_valued(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
      if (status < 0) return bad("unknown option %.100s; --help lists them", argv[i]);
      if (status > 0) return status;
      i++;
    }
  }
  return 0;
}

void ait_options_help(const char *name) {
  printf("usage: %s [options]\n\n", name);
  puts("  --input F.npz        inputs by tensor name; without it they are filled");
  puts("  --fill random|ones   how (default random)");
  puts("  --seed S             of the random fill (default 0)");
  puts("  --output F.npz       write the outputs by tensor name");
  puts("  --layers F.npz       write the result of every layer; runs once");
  puts("  --warmup N           inferences before timing (default 0)");
  puts("  --iterations N       timed inferences (default 1)");
  puts("  --threads N          threads of one inference (default: as compiled)");
  puts("  --cpus LIST          cores to run on, such as 4,5,6,7");
  puts("  --schedule S         dynamic (default): idle threads take the next task; static: in turn");
  puts("  --profile            time of every layer, in the JSON document");
  puts("  --weights F          weights.bin to use");
  puts("  --json               one JSON document on standard output");
  puts("  --samples            before it, a line of JSON for each timed inference");
}
