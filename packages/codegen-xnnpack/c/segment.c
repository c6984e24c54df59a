#include "segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers_pthreadpool.h"

/* The functions of the 2022 release are what all releases have in common; later ones call some of them deprecated. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct segment {
  xnn_runtime_t runtime;
  size_t tensors;
  /* What the runtime is set up with; data is NULL before the first run. */
  struct xnn_external_value values[];
};

static enum ait_status explain(enum xnn_status status) {
  switch (status) {
    case xnn_status_success: return AIT_OK;
    case xnn_status_out_of_memory: return AIT_NO_MEMORY;
    default: return AIT_LIBRARY_FAILED;
  }
}

static enum xnn_status build(const struct ait_xnnpack_segment_args *args, pthreadpool_t pool, xnn_runtime_t *runtime) {
  xnn_subgraph_t graph = NULL;
  enum xnn_status status = xnn_create_subgraph((uint32_t)args->tensors, 0, &graph);
  if (status != xnn_status_success) return status;
  status = args->define(graph, args->weights);
  if (status == xnn_status_success) status = xnn_create_runtime_v2(graph, pool, 0, runtime);
  xnn_delete_subgraph(graph);
  return status;
}

enum ait_status ait_xnnpack_create(const struct ait_xnnpack_segment_args *args, struct ait_workers *workers,
                                   void **segment) {
  struct segment *made = calloc(1, sizeof *made + args->tensors * sizeof *made->values);
  if (made == NULL) return AIT_NO_MEMORY;
  made->tensors = args->tensors;
  enum xnn_status status = xnn_initialize(NULL);
  if (status != xnn_status_success) {
    free(made);
    return explain(status);
  }
  status = build(args, ait_workers_pthreadpool(workers), &made->runtime);
  if (status != xnn_status_success) {
    ait_xnnpack_destroy(made);
    return explain(status);
  }
  *segment = made;
  return AIT_OK;
}

/* Tells the runtime where the tensors are, if that has changed. */
static enum xnn_status place(struct segment *segment, const void *const *tensors) {
  int moved = 0;
  for (size_t i = 0; i < segment->tensors; i++) {
    struct xnn_external_value *value = &segment->values[i];
    if (value->data == tensors[i]) continue;
    value->id = (uint32_t)i;
    /* The subgraph says which are only read. */
    memcpy(&value->data, &tensors[i], sizeof value->data);
    moved = 1;
  }
  return moved ? xnn_setup_runtime(segment->runtime, segment->tensors, segment->values) : xnn_status_success;
}

enum ait_status ait_xnnpack_run(void *object, const struct ait_xnnpack_run_args *args) {
  struct segment *segment = object;
  const enum xnn_status status = place(segment, args->tensors);
  return explain(status == xnn_status_success ? xnn_invoke_runtime(segment->runtime) : status);
}

void ait_xnnpack_destroy(void *object) {
  struct segment *segment = object;
  if (segment->runtime != NULL) xnn_delete_runtime(segment->runtime);
  xnn_deinitialize();
  free(segment);
}

enum xnn_status ait_xnnpack_external(xnn_subgraph_t graph, uint32_t external, uint32_t flag, size_t rank,
                                     const size_t *dims, uint32_t *id) {
  return xnn_define_tensor_value(graph, xnn_datatype_fp32, rank, dims, NULL, external, flag, id);
}

enum xnn_status ait_xnnpack_tensor(xnn_subgraph_t graph, const void *data, size_t rank, const size_t *dims,
                                   uint32_t *id) {
  return xnn_define_tensor_value(graph, xnn_datatype_fp32, rank, dims, data, XNN_INVALID_VALUE_ID, 0, id);
}

enum xnn_status ait_xnnpack_global_average_pooling(xnn_subgraph_t graph, uint32_t input, uint32_t output) {
#ifdef XNN_FLAG_KEEP_DIMS
  const uint32_t flags = XNN_FLAG_KEEP_DIMS;
#else
  /* Before that flag, reduced dimensions always stayed. */
  const uint32_t flags = 0;
#endif
  return xnn_define_global_average_pooling_2d(graph, -INFINITY, INFINITY, input, output, flags);
}

/* Releases with XNN_FLAG_KEEP_DIMS (2023 and newer) have concatenation. */
#ifdef XNN_FLAG_KEEP_DIMS
enum xnn_status ait_xnnpack_concatenate(xnn_subgraph_t graph, size_t axis, size_t count, const uint32_t *inputs,
                                        const size_t *extents, size_t rank, const size_t *dims, uint32_t output) {
  (void)extents;
  (void)rank;
  (void)dims;
  const uint32_t *in = inputs;
  switch (count) {
    case 2: return xnn_define_concatenate2(graph, axis, in[0], in[1], output, 0);
    case 3: return xnn_define_concatenate3(graph, axis, in[0], in[1], in[2], output, 0);
    case 4: return xnn_define_concatenate4(graph, axis, in[0], in[1], in[2], in[3], output, 0);
    default: return xnn_status_invalid_parameter;
  }
}
#else
/* The sum of the inputs, each padded with zeros to the extent of the result. */
enum xnn_status ait_xnnpack_concatenate(xnn_subgraph_t graph, size_t axis, size_t count, const uint32_t *inputs,
                                        const size_t *extents, size_t rank, const size_t *dims, uint32_t output) {
  uint32_t sum = XNN_INVALID_VALUE_ID;
  size_t before[XNN_MAX_TENSOR_DIMS] = {0}, after[XNN_MAX_TENSOR_DIMS] = {0};
  for (size_t i = 0; i < count; i++) {
    uint32_t padded = XNN_INVALID_VALUE_ID, next = output;
    after[axis] = dims[axis] - before[axis] - extents[i];
    AIT_XNNPACK_TRY(ait_xnnpack_tensor(graph, NULL, rank, dims, &padded));
    AIT_XNNPACK_TRY(xnn_define_static_constant_pad(graph, before, after, 0, inputs[i], padded, 0));
    before[axis] += extents[i];
    if (i == 0) {
      sum = padded;
      continue;
    }
    if (i + 1 < count) AIT_XNNPACK_TRY(ait_xnnpack_tensor(graph, NULL, rank, dims, &next));
    AIT_XNNPACK_TRY(xnn_define_add2(graph, -INFINITY, INFINITY, sum, padded, next, 0));
    sum = next;
  }
  return xnn_status_success;
}
#endif
