#include "ait/layers.h"

#include <stdlib.h>
#include <string.h>

#include "ait/npz.h"

struct dump {
  struct ait_npz_writer writer;
  struct ait_message message;
  int failed;
};

/* Where an element lies that would be number `at` if the layout were plain. */
static size_t blocked(const struct ait_layer_result *result, size_t at, size_t positions) {
  const size_t channel = at / positions;
  const size_t q = at % positions;
  return q / result->block * result->block_stride + channel * result->block + q % result->block;
}

/* to = the tensor in its canonical axis order. */
static void canonical(const struct ait_layer_result *result, unsigned char *to) {
  const struct ait_tensor_info *tensor = result->tensor;
  const unsigned char *from = result->data;
  size_t stride[AIT_MAX_RANK];
  size_t index[AIT_MAX_RANK] = {0};
  size_t count = 1;
  for (size_t i = tensor->rank; i > 0; i--) {
    stride[result->order[i - 1]] = count;
    count *= tensor->shape[result->order[i - 1]];
  }
  const size_t size = count == 0 ? 0 : tensor->bytes / count;
  const size_t positions = count == 0 || tensor->rank == 0 ? 1 : count / tensor->shape[result->order[0]];
  for (size_t i = 0; i < count; i++, to += size) {
    size_t at = 0;
    for (size_t axis = 0; axis < tensor->rank; axis++) at += index[axis] * stride[axis];
    if (result->block > 0) at = blocked(result, at, positions);
    if (result->pitch != NULL) at = index[1] * result->pitch->channel + ait_pitched(result->pitch, index[0], index[2], index[3]);
    memcpy(to, from + at * size, size);
    for (size_t axis = tensor->rank; axis > 0 && ++index[axis - 1] == tensor->shape[axis - 1]; axis--) index[axis - 1] = 0;
  }
}

static void write_result(void *context, const struct ait_layer_result *result) {
  struct dump *dump = context;
  unsigned char *copy = dump->failed ? NULL : malloc(result->tensor->bytes + 1);
  if (copy == NULL) {
    dump->failed = 1;
    return;
  }
  canonical(result, copy);
  dump->failed = ait_npz_add(&dump->writer, result->tensor, copy, &dump->message) != 0;
  free(copy);
}

int ait_layers_write(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                     const char *path) {
  struct dump dump = {0};
  snprintf(dump.message.text, sizeof dump.message.text, "%s", ait_status_text(AIT_NO_MEMORY));
  if (ait_npz_begin(&dump.writer, path, &dump.message) != 0) {
    fprintf(stderr, "error: %s\n", dump.message.text);
    return 2;
  }
  api->observe(model, write_result, &dump);
  const enum ait_status status = api->run(model, inputs, outputs);
  api->observe(model, NULL, NULL);
  if (status != AIT_OK) snprintf(dump.message.text, sizeof dump.message.text, "%s", ait_status_text(status));
  if (status != AIT_OK || dump.failed) ait_npz_abandon(&dump.writer);
  else if (ait_npz_finish(&dump.writer, &dump.message) == 0) return 0;
  fprintf(stderr, "error: %s\n", dump.message.text);
  return status == AIT_OK ? 2 : 1;
}
