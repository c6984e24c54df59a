#include "pool2d.h"

#include <math.h>

static float window(const struct ait_portable_pool2d_args *a, const float *x, size_t oh, size_t ow) {
  float best = -INFINITY, sum = 0;
  size_t inside = 0, padded = 0;
  for (size_t kh = 0; kh < a->kernel_h; kh++) {
    /* Rows and columns before the picture wrap around to very large numbers. */
    const size_t h = oh * a->stride_h + kh * a->dilation_h - a->pad_top;
    for (size_t kw = 0; kw < a->kernel_w; kw++) {
      const size_t w = ow * a->stride_w + kw * a->dilation_w - a->pad_left;
      const int row_padded = h + a->pad_top < a->pad_top + a->height + a->pad_bottom;
      padded += row_padded && w + a->pad_left < a->pad_left + a->width + a->pad_right;
      if (h >= a->height || w >= a->width) continue;
      const float v = x[h * a->x_stride[2] + w * a->x_stride[3]];
      if (v > best || v != v) best = v;
      sum += v;
      inside++;
    }
  }
  if (a->mode == AIT_POOL_MAX) return best;
  return sum / (float)(a->include_pad ? padded : inside);
}

/* One row of one picture, all channels. */
static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_pool2d_args *a = args;
  (void)scratch;
  const size_t n = index / a->out_height, oh = index % a->out_height;
  for (size_t c = 0; c < a->channels; c++) {
    const float *x = a->x + n * a->x_stride[0] + c * a->x_stride[1];
    float *y = a->y + n * a->y_stride[0] + c * a->y_stride[1] + oh * a->y_stride[2];
    for (size_t ow = 0; ow < a->out_width; ow++) y[ow * a->y_stride[3]] = window(a, x, oh, ow);
  }
}

void ait_pool2d__portable(const struct ait_portable_pool2d_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->batch * a->out_height, task, a);
}
