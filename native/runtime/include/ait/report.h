#ifndef AIT_REPORT_H
#define AIT_REPORT_H

#include "ait/timing.h"

/* What a run took, as a whole and, when `profile` is not NULL, by layer, and what it holds, for people or, with --json, as one JSON document. */
void ait_report(const struct ait_model_api *api, const void *model, const struct ait_program_options *options,
                const struct ait_timing *timing, const struct ait_profile *profile);

#endif
