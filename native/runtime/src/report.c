#include "ait/report.h"

#include <stdio.h>
#include <sys/resource.h>

static void json_string(const char *text) {
  putchar('"');
  for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
    if (*c == '"' || *c == '\\') printf("\\%c", *c);
    else if (*c < 0x20 || *c == 0x7f) printf("\\u%04x", *c);
    else putchar(*c);
  }
  putchar('"');
}

static unsigned long long peak_resident(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return (unsigned long long)usage.ru_maxrss * 1024;
}

static void json_profile(const struct ait_profile *profile) {
  printf(",\"layers\":[");
  for (size_t i = 0; i < ait_profile_count(profile); i++) {
    uint64_t nanoseconds;
    printf("%s{\"output\":", i == 0 ? "" : ",");
    json_string(ait_profile_layer(profile, i, &nanoseconds));
    printf(",\"nanoseconds\":%llu}", (unsigned long long)nanoseconds);
  }
  putchar(']');
}

static void json_report(const struct ait_model_api *api, const struct ait_memory *memory,
                        const struct ait_program_options *options, const struct ait_timing *t,
                        const struct ait_profile *profile) {
  printf("{\"schemaVersion\":1,\"name\":");
  json_string(api->name);
  printf(",\"threads\":%zu,\"iterations\":%zu,\"warmup\":%zu", options->threads, options->iterations, options->warmup);
  printf(",\"nanoseconds\":{\"min\":%llu,\"median\":%llu,\"p95\":%llu,\"mean\":%llu}", (unsigned long long)t->min,
         (unsigned long long)t->median, (unsigned long long)t->p95, (unsigned long long)t->mean);
  printf(",\"memory\":{\"weights\":%zu,\"arena\":%zu,\"scratch\":%zu,\"peakResident\":%llu},\"outputs\":[", memory->weights,
         memory->arena, memory->scratch, peak_resident());
  for (size_t i = 0; i < api->output_count; i++) {
    const struct ait_tensor_info *output = &api->outputs[i];
    printf("%s{\"name\":", i == 0 ? "" : ",");
    json_string(output->name);
    printf(",\"dtype\":\"%s\",\"shape\":[", output->dtype);
    for (size_t axis = 0; axis < output->rank; axis++) printf("%s%zu", axis == 0 ? "" : ",", output->shape[axis]);
    printf("]}");
  }
  putchar(']');
  if (profile != NULL) json_profile(profile);
  printf("}\n");
}

void ait_report(const struct ait_model_api *api, const void *model, const struct ait_program_options *options,
                const struct ait_timing *timing, const struct ait_profile *profile) {
  const struct ait_memory memory = api->memory(model);
  if (options->json) {
    json_report(api, &memory, options, timing, profile);
    return;
  }
  printf("%s: %zu inference%s on %zu thread%s\n", api->name, options->iterations, options->iterations == 1 ? "" : "s",
         options->threads, options->threads == 1 ? "" : "s");
  printf("  time     min %.3f ms, median %.3f ms, p95 %.3f ms\n", (double)timing->min / 1e6, (double)timing->median / 1e6,
         (double)timing->p95 / 1e6);
  printf("  memory   weights %.2f MB, arena %.2f MB, scratch %.2f MB\n", (double)memory.weights / 1e6,
         (double)memory.arena / 1e6, (double)memory.scratch / 1e6);
}
