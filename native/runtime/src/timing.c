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

int ait_time_runs(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                  const struct ait_program_options *options, struct ait_profile *profile, struct ait_timing *timing) {
  uint64_t *samples = malloc(options->iterations * sizeof *samples);
  if (samples == NULL) {
    fprintf(stderr, "error: %s\n", ait_status_text(AIT_NO_MEMORY));
    return 1;
  }
  enum ait_status status = AIT_OK;
  for (size_t i = 0; status == AIT_OK && i < options->warmup; i++) status = api->run(model, inputs, outputs);
  if (profile != NULL) api->observe(model, ait_profile_observe, profile);
  for (size_t i = 0; status == AIT_OK && i < options->iterations; i++) {
    if (profile != NULL) ait_profile_begin(profile);
    const uint64_t start = ait_now();
    AIT_MARK_REGION_BEGIN();
    status = api->run(model, inputs, outputs);
    AIT_MARK_REGION_END();
    samples[i] = ait_now() - start;
  }
  if (profile != NULL) api->observe(model, NULL, NULL);
  if (status == AIT_OK) summarize(samples, options->iterations, timing);
  else fprintf(stderr, "error: %s\n", ait_status_text(status));
  free(samples);
  return status == AIT_OK ? 0 : 1;
}
