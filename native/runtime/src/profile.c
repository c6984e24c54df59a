#include "ait/profile.h"

#include <stdint.h>
#include <stdlib.h>

#include "ait/clock.h"

struct layer {
  const char *name;
  uint64_t shortest;
};

struct ait_profile {
  /* Results come in the same order in every inference. */
  struct layer *layer;
  size_t count, room, next;
  uint64_t last;
};

struct ait_profile *ait_profile_create(void) { return calloc(1, sizeof(struct ait_profile)); }

void ait_profile_destroy(struct ait_profile *profile) {
  if (profile != NULL) free(profile->layer);
  free(profile);
}

void ait_profile_begin(struct ait_profile *profile) {
  profile->next = 0;
  profile->last = ait_now();
}

static int make_room(struct ait_profile *profile) {
  if (profile->count < profile->room) return 1;
  const size_t room = profile->room == 0 ? 64 : 2 * profile->room;
  struct layer *layer = realloc(profile->layer, room * sizeof *layer);
  if (layer == NULL) return 0;
  profile->layer = layer;
  profile->room = room;
  return 1;
}

void ait_profile_observe(void *context, const struct ait_layer_result *result) {
  struct ait_profile *profile = context;
  const uint64_t took = ait_now() - profile->last;
  const size_t index = profile->next++;
  if (index < profile->count) {
    if (took < profile->layer[index].shortest) profile->layer[index].shortest = took;
  } else if (make_room(profile)) {
    const struct layer layer = {result->tensor->name, took};
    profile->layer[profile->count++] = layer;
  }
  profile->last = ait_now();
}

size_t ait_profile_count(const struct ait_profile *profile) { return profile->count; }

const char *ait_profile_layer(const struct ait_profile *profile, size_t index, uint64_t *nanoseconds) {
  *nanoseconds = profile->layer[index].shortest;
  return profile->layer[index].name;
}
