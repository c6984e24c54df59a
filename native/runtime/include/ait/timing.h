#ifndef AIT_TIMING_H
#define AIT_TIMING_H

#include <stdint.h>

#include "ait/model.h"
#include "ait/options.h"
#include "ait/profile.h"

/* Wall-clock nanoseconds of the timed inferences. */
struct ait_timing {
  uint64_t min, median, p95, mean;
};

/*
 * Runs warm-up and timed inferences. Around each timed one stand the markers of the region (ait/markers.h). Returns
 * the program's exit code. `profile`, which may be NULL, takes the time of every layer of the timed ones.
 */
int ait_time_runs(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                  const struct ait_program_options *options, struct ait_profile *profile, struct ait_timing *timing);

#endif
