#define _POSIX_C_SOURCE 200809L
#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct number {
  const char *name;
  size_t *value;
};

/* The value of `name=value`, or NULL for another name. */
static const char *value_of(const char *argument, const char *name) {
  const size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static int parse_number(const char *text, size_t *value) {
  char *end;
  const unsigned long long number = strtoull(text, &end, 10);
  *value = (size_t)number;
  return *text >= '0' && *text <= '9' && *end == 0 && number <= 1U << 30;
}

static const char *parse_memory(struct ait_memory_plan *plan, const char *argument) {
  const struct number numbers[] = {{"line", &plan->line},       {"l1", &plan->l1},           {"l1ways", &plan->l1_ways},
                                   {"l2", &plan->l2},           {"l2ways", &plan->l2_ways},  {"cluster", &plan->cluster},
                                   {"streams", &plan->streams}, {"reach", &plan->reach},     {"width", &plan->width}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    const char *text = value_of(argument, numbers[i].name);
    if (text != NULL) return parse_number(text, numbers[i].value) ? NULL : argument;
  }
  return argument;
}

const char *ait_settings_parse(struct ait_settings *settings, int argc, char **argv) {
  memset(settings, 0, sizeof *settings);
  settings->vlen = 128;
  /* Lines are looked at whether caches are modelled or not. */
  settings->memory.line = 64;
  for (int i = 0; i < argc; i++) {
    const char *text = value_of(argv[i], "output");
    size_t vlen;
    if (text != NULL) {
      settings->output = strdup(text);
    } else if ((text = value_of(argv[i], "vlen")) != NULL) {
      if (!parse_number(text, &vlen)) return argv[i];
      settings->vlen = (unsigned)vlen;
    } else {
      settings->has_memory = 1;
      const char *wrong = parse_memory(&settings->memory, argv[i]);
      if (wrong != NULL) return wrong;
    }
  }
  return settings->has_memory ? ait_memory_plan_error(&settings->memory) : NULL;
}
