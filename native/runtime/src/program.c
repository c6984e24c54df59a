#include "ait/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ait/cpus.h"
#include "ait/cycles.h"
#include "ait/layers.h"
#include "ait/npz.h"
#include "ait/options.h"
#include "ait/profile.h"
#include "ait/report.h"
#include "ait/timing.h"

static int fail(int code, const char *what, const char *why) {
  fprintf(stderr, "error: %s%s%s\n", what, why == NULL ? "" : ": ", why == NULL ? "" : why);
  return code;
}

/* Uniform in [-1, 1) for floats, 0 … 3 for integers; splitmix64, the same on every machine. */
static void fill(const struct ait_tensor_info *info, void *data, const struct ait_program_options *options, uint64_t *state) {
  const int is_float = info->dtype[0] == 'f';
  size_t count = 1;
  for (size_t i = 0; i < info->rank; i++) count *= info->shape[i];
  const size_t size = count == 0 ? 0 : info->bytes / count;
  for (size_t i = 0; i < count; i++) {
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    const double uniform = options->fill_ones ? 1.0 : (double)(z >> 40) / (double)(1 << 23) - 1.0;
    const int64_t whole = options->fill_ones ? 1 : (int64_t)(z >> 62);
    unsigned char *at = (unsigned char *)data + i * size;
    const float single = (float)uniform;
    if (is_float && size == 4) memcpy(at, &single, 4);
    else if (is_float && size == 8) memcpy(at, &uniform, 8);
    else memcpy(at, &whole, size); /* little-endian */
  }
}

static void **allocate(const struct ait_tensor_info *tensors, size_t count) {
  void **buffers = calloc(count + 1, sizeof *buffers);
  for (size_t i = 0; buffers != NULL && i < count; i++) {
    buffers[i] = aligned_alloc(64, (tensors[i].bytes + 64) / 64 * 64);
    if (buffers[i] == NULL) return NULL;
    memset(buffers[i], 0, tensors[i].bytes);
  }
  return buffers;
}

static int read_inputs(const struct ait_model_api *api, const struct ait_program_options *options, void **inputs) {
  if (options->input == NULL) {
    uint64_t state = options->seed;
    for (size_t i = 0; i < api->input_count; i++) fill(&api->inputs[i], inputs[i], options, &state);
    return 0;
  }
  struct ait_npz_file file;
  struct ait_message message;
  char buffer[128];
  if (ait_npz_open(options->input, &file, &message) != 0) return fail(2, message.text, NULL);
  int status = 0;
  for (size_t i = 0; status == 0 && i < api->input_count; i++) {
    if (ait_npz_read(&file, &api->inputs[i], inputs[i], &message) != 0) status = fail(2, options->input, message.text);
  }
  const char *stranger = ait_npz_stranger(&file, api->inputs, api->input_count, buffer, sizeof buffer);
  if (status == 0 && stranger != NULL) {
    fprintf(stderr, "error: %s: \"%s\" is no input of the model\n", options->input, stranger);
    status = 2;
  }
  ait_npz_close(&file);
  return status;
}

static int write_outputs(const struct ait_model_api *api, const char *path, void *const *outputs) {
  struct ait_npz_writer writer;
  struct ait_message message;
  if (ait_npz_begin(&writer, path, &message) != 0) return fail(2, message.text, NULL);
  for (size_t i = 0; i < api->output_count; i++) {
    if (ait_npz_add(&writer, &api->outputs[i], outputs[i], &message) != 0) {
      ait_npz_abandon(&writer);
      return fail(2, message.text, NULL);
    }
  }
  return ait_npz_finish(&writer, &message) == 0 ? 0 : fail(2, message.text, NULL);
}

/* `relative` is relative to the folder the executable lies in, so that the output folder can be moved as a whole. */
static const char *beside_executable(const char *relative, char *path, size_t room) {
  const ssize_t length = readlink("/proc/self/exe", path, room - 1);
  if (length <= 0) return relative;
  path[length] = 0;
  char *slash = strrchr(path, '/');
  if (slash == NULL || (size_t)(slash - path) + strlen(relative) + 2 > room) return relative;
  strcpy(slash + 1, relative);
  return path;
}

static int run_model(const struct ait_model_api *api, void *model, const struct ait_program_options *options,
                     const struct ait_cycles *cycles) {
  void **inputs = allocate(api->inputs, api->input_count);
  void **outputs = allocate(api->outputs, api->output_count);
  if (inputs == NULL || outputs == NULL) return fail(1, ait_status_text(AIT_NO_MEMORY), NULL);
  int status = read_inputs(api, options, inputs);
  struct ait_timing timing = {0};
  struct ait_profile *profile = options->profile ? ait_profile_create() : NULL;
  const struct ait_meters meters = {cycles, profile};
  if (status == 0 && options->layers != NULL) {
    status = ait_layers_write(api, model, (const void *const *)inputs, outputs, options->layers);
  } else if (status == 0) {
    status = ait_time_runs(api, model, (const void *const *)inputs, outputs, options, &meters, &timing);
  }
  if (status == 0 && options->output != NULL) status = write_outputs(api, options->output, outputs);
  if (status == 0 && options->layers == NULL) ait_report(api, model, options, &timing, profile);
  ait_profile_destroy(profile);
  for (size_t i = 0; i < api->input_count; i++) free(inputs[i]);
  for (size_t i = 0; i < api->output_count; i++) free(outputs[i]);
  free(inputs);
  free(outputs);
  return status;
}

int ait_program_main(const struct ait_model_api *api, const char *default_weights, int argc, char **argv) {
  struct ait_program_options options;
  char path[PATH_MAX];
  const int parsed = ait_options_parse(&options, argc, argv);
  if (parsed != 0) return parsed;
  if (options.help) {
    ait_options_help(api->name);
    return 0;
  }
  if (options.threads == 0) options.threads = api->default_threads;
  struct ait_options create = {
      .weights_path = options.weights, .threads = options.threads, .deal_tasks = options.deal_tasks};
  if (create.weights_path == NULL && default_weights != NULL) {
    create.weights_path = beside_executable(default_weights, path, sizeof path);
  }
  /* Before there are threads, which then share the cores and are counted, too. */
  if (options.cpus != NULL && ait_cpus_bind(options.cpus) != 0) return 2;
  struct ait_cycles cycles = {-1, NULL};
  if (options.samples) ait_cycles_open(&cycles);
  void *model = NULL;
  const enum ait_status status = api->create(&create, &model);
  if (status != AIT_OK) {
    const int about_file = status == AIT_WEIGHTS_MISSING || status == AIT_WEIGHTS_UNREADABLE || status == AIT_WEIGHTS_MISMATCH;
    return fail(about_file ? 2 : 1, about_file ? create.weights_path : ait_status_text(status),
                about_file ? ait_status_text(status) : NULL);
  }
  const int code = run_model(api, model, &options, &cycles);
  api->destroy(model);
  ait_cycles_close(&cycles);
  return code;
}
