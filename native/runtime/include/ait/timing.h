#ifndef AIT_TIMING_H
#define AIT_TIMING_H

#include <stdint.h>

#include "ait/cycles.h"
#include "ait/model.h"
#include "ait/options.h"
#include "ait/profile.h"

/* Wall-clock nanoseconds of the timed inferences. */
struct ait_timing {
  uint64_t min, median, p95, mean;
};

/* What is measured beside the time of an inference; either may be NULL. */
struct ait_meters {
  const struct ait_cycles *cycles;
  /* Takes the time of every layer of the timed inferences. */
  struct ait_profile *profile;
};

/*
 * Runs warm-up and timed inferences. With --samples it prints {"counter":…}, which is "perf_event" or why there are no
 * cycles, and then a line {"sample":…} as each timed inference ends. Around each timed one stand the markers of the region (ait/markers.h). Returns
 * the program's exit code.
 */
int ait_time_runs(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                  const struct ait_program_options *options, const struct ait_meters *meters, struct ait_timing *timing);

#endif
