#ifndef AIT_SETTINGS_H
#define AIT_SETTINGS_H

#include "memory.h"

/* The plugin's arguments, `name=value` each. */
struct ait_settings {
  unsigned vlen;
  char *output;
  /* Whether caches are modelled, which is when any of their settings is given. */
  int has_memory;
  struct ait_memory_plan memory;
};

/* Returns NULL, or the argument or setting that is wrong. */
const char *ait_settings_parse(struct ait_settings *settings, int argc, char **argv);

#endif
