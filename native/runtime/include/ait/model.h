#ifndef AIT_MODEL_H
#define AIT_MODEL_H

#include <stddef.h>

#include "ait/pitch.h"
#include "ait/status.h"

/*
 * What every compiled model is to generic code (the command line program, a test, a server): its tensors and its
 * life cycle. A model's own header `<name>.h` has the same functions under the model's name.
 */

#define AIT_MAX_RANK 8

/* An input or output, or the result of a layer. Extents in the model's own axis order, elements dense in it. */
struct ait_tensor_info {
  const char *name;
  /* "f32", "f16", "i8", "u8", "u16", "i32", "i64", "bool", "f64" */
  const char *dtype;
  size_t rank;
  size_t shape[AIT_MAX_RANK];
  size_t bytes;
};

/*
 * A layer's result while it is still in memory, in the layout the kernel wrote, not necessarily the model's. `order`
 * lists the tensor's axes from the outermost to the innermost one in memory. With `block` > 0 the axes after the first
 * one are positions cut into blocks of that many: index c of the first axis and position q lie at
 * q / block · block_stride + c · block + q % block. With `pitch` they are channel-major pictures whose rows have zeros
 * between them.
 */
struct ait_layer_result {
  const struct ait_tensor_info *tensor;
  const unsigned char *order;
  size_t block, block_stride;
  const struct ait_pitch *pitch;
  const void *data;
};

/* Called after every step, for each tensor the step has completed. */
typedef void (*ait_observer)(void *context, const struct ait_layer_result *result);

struct ait_options {
  /* Path of weights.bin. NULL: the path given at compile time, or the embedded weights. */
  const char *weights_path;
  /* Threads of one run; 0 means the number chosen at compile time. */
  size_t threads;
  /* Whether tasks are dealt out to threads in turn (ait_workers_deal); 0: idle threads take the next one. */
  int deal_tasks;
};

/* Bytes a model instance holds. Weights are mapped, shared between instances of a process, and not counted twice. */
struct ait_memory {
  size_t weights, arena, scratch;
};

struct ait_model_api {
  const char *name;
  size_t default_threads;
  size_t input_count, output_count;
  const struct ait_tensor_info *inputs;
  const struct ait_tensor_info *outputs;
  enum ait_status (*create)(const struct ait_options *options, void **model);
  enum ait_status (*run)(void *model, const void *const *inputs, void *const *outputs);
  void (*observe)(void *model, ait_observer observer, void *context);
  struct ait_memory (*memory)(const void *model);
  void (*destroy)(void *model);
};

#endif
