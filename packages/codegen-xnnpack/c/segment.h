#ifndef AIT_XNNPACK_SEGMENT_H
#define AIT_XNNPACK_SEGMENT_H

#if defined(__has_include)
#if !__has_include(<xnnpack.h>)
#error "xnnpack.h is not there: install XNNPACK (Debian and Ubuntu: libxnnpack-dev) or set XNNPACK_PREFIX"
#endif
#endif
#include <xnnpack.h>

#include "ait/status.h"
#include "ait/workers.h"

/*
 * A part of a model that XNNPACK computes: a subgraph that is built, and whose weights are packed, once, and then run
 * any number of times.
 */

/* Adds the values and nodes of a segment to an empty subgraph. The first values are the tensors of a run, in order. */
typedef enum xnn_status (*ait_xnnpack_define)(xnn_subgraph_t graph, const void *const *weights);

struct ait_xnnpack_segment_args {
  ait_xnnpack_define define;
  /* Static tensors, which outlive the segment. */
  const void *const *weights;
  /* Tensors a run reads and writes. */
  size_t tensors;
};

struct ait_xnnpack_run_args {
  const void *const *tensors;
};

enum ait_status ait_xnnpack_create(const struct ait_xnnpack_segment_args *args, struct ait_workers *workers,
                                   void **segment);
enum ait_status ait_xnnpack_run(void *segment, const struct ait_xnnpack_run_args *args);
void ait_xnnpack_destroy(void *segment);

/* For generated definitions: leaves them at the first failure. */
#define AIT_XNNPACK_TRY(call)                                \
  do {                                                       \
    const enum xnn_status status_ = (call);                  \
    if (status_ != xnn_status_success) return status_;       \
  } while (0)

/* A tensor of a run: `external` is its number, `flag` says whether it is read or written. */
enum xnn_status ait_xnnpack_external(xnn_subgraph_t graph, uint32_t external, uint32_t flag, size_t rank,
                                     const size_t *dims, uint32_t *id);
/* A tensor between two nodes; one with data when `data` is not NULL. */
enum xnn_status ait_xnnpack_tensor(xnn_subgraph_t graph, const void *data, size_t rank, const size_t *dims, uint32_t *id);

/* Mean over height and width of [n][h][w][c] to [n][1][1][c]. */
enum xnn_status ait_xnnpack_global_average_pooling(xnn_subgraph_t graph, uint32_t input, uint32_t output);

/*
 * Two to four tensors joined along an axis. `dims` are those of the result, `extents` those of the inputs along the
 * axis.
 */
enum xnn_status ait_xnnpack_concatenate(xnn_subgraph_t graph, size_t axis, size_t count, const uint32_t *inputs,
                                        const size_t *extents, size_t rank, const size_t *dims, uint32_t output);

#endif
