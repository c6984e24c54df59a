#include "ait/timing.h"

#include <stdio.h>
#include <stdlib.h>

#include "ait/clock.h"
#include "ait/markers.h"

static int ascending(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static void summarize(uint64_t *samples, size_t count, struct ait_timing *timing) {
  qsort(samples, count, sizeof *samples, ascending);
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += samples[i];
  timing->min = samples[0];
  timing->median = count % 2 == 1 ? samples[count / 2] : (samples[count / 2 - 1] + samples[count / 2]) / 2;
  timing->p95 = samples[(count * 95 + 99) / 100 - 1];
  timing->mean = sum / count;
}

static void print_counter(const struct ait_cycles *cycles) {
  printf("{\"counter\":\"%s\"}\n", cycles->missing == NULL ? "perf_event" : cycles->missing);
  fflush(stdout);
}

/* At once, so that nothing that was measured is lost with what comes after it. Not part of any measured time. */
static void print_sample(size_t index, uint64_t nanoseconds, uint64_t cycles) {
  printf("{\"sample\":%zu,\"nanoseconds\":%llu", index, (unsigned long long)nanoseconds);
  if (cycles != 0) printf(",\"cycles\":%llu", (unsigned long long)cycles);
  puts("}");
  fflush(stdout);
}

/* A clock that jumps back while something is timed says nothing; that inference is timed again. */
static enum ait_status time_one(const struct ait_model_api *api, void *model, const void *const *inputs,
                                void *const *outputs, const struct ait_meters *meters, uint64_t *nanoseconds,
                                uint64_t *cycles) {
  const struct ait_cycles *counter = meters->cycles;
  for (int attempt = 0; attempt < 10; attempt++) {
    if (meters->profile != NULL) ait_profile_begin(meters->profile);
    const uint64_t before = ait_cycles_read(counter);
    const uint64_t start = ait_now();
    AIT_MARK_REGION_BEGIN();
    const enum ait_status status = api->run(model, inputs, outputs);
    AIT_MARK_REGION_END();
    const uint64_t end = ait_now();
    *cycles = ait_cycles_read(counter) - before;
    if (status != AIT_OK) return status;
    if (end < start) continue;
    /* Faster than the clock's step. */
    *nanoseconds = end == start ? 1 : end - start;
    return AIT_OK;
  }
  return AIT_BAD_CLOCK;
}

int ait_time_runs(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                  const struct ait_program_options *options, const struct ait_meters *meters, struct ait_timing *timing) {
  uint64_t *samples = malloc(options->iterations * sizeof *samples);
  if (samples == NULL) {
    fprintf(stderr, "error: %s\n", ait_status_text(AIT_NO_MEMORY));
    return 1;
  }
  enum ait_status status = AIT_OK;
  if (options->samples) print_counter(meters->cycles);
  for (size_t i = 0; status == AIT_OK && i < options->warmup; i++) status = api->run(model, inputs, outputs);
  if (meters->profile != NULL) api->observe(model, ait_profile_observe, meters->profile);
  for (size_t i = 0; status == AIT_OK && i < options->iterations; i++) {
    uint64_t spent = 0;
    status = time_one(api, model, inputs, outputs, meters, &samples[i], &spent);
    if (status == AIT_OK && options->samples) print_sample(i, samples[i], spent);
  }
  if (meters->profile != NULL) api->observe(model, NULL, NULL);
  if (status == AIT_OK) summarize(samples, options->iterations, timing);
  else fprintf(stderr, "error: %s\n", ait_status_text(status));
  free(samples);
  return status == AIT_OK ? 0 : 1;
}
