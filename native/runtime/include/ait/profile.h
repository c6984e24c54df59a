#ifndef AIT_PROFILE_H
#define AIT_PROFILE_H

#include <stdint.h>

#include "ait/model.h"

/* The shortest time every layer took over several inferences, from when the one before it was complete. */
struct ait_profile;

/* NULL when there is no memory. */
struct ait_profile *ait_profile_create(void);
void ait_profile_destroy(struct ait_profile *profile);

/* Before every inference. */
void ait_profile_begin(struct ait_profile *profile);

/* The observer to attach to the model; `context` is the profile. */
void ait_profile_observe(void *context, const struct ait_layer_result *result);

/* Layers seen, and the name of what each completes. Only the first result of a step carries its time. */
size_t ait_profile_count(const struct ait_profile *profile);
const char *ait_profile_layer(const struct ait_profile *profile, size_t index, uint64_t *nanoseconds);

#endif
