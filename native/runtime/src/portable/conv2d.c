#include "conv2d.h"

/* Sum of the window of output channel `o` at (oh, ow); x points to the picture's first channel of the group. */
static float window(const struct ait_portable_conv2d_args *a, const float *x, size_t o, size_t oh, size_t ow) {
  float sum = 0;
  for (size_t kh = 0; kh < a->kernel_h; kh++) {
    /* Rows and columns before the picture wrap around to very large numbers. */
    const size_t h = oh * a->stride_h + kh * a->dilation_h - a->pad_top;
    if (h >= a->height) continue;
    for (size_t kw = 0; kw < a->kernel_w; kw++) {
      const size_t w = ow * a->stride_w + kw * a->dilation_w - a->pad_left;
      if (w >= a->width) continue;
      const float *from = x + h * a->x_stride[2] + w * a->x_stride[3];
      const float *weight = a->w + o * a->w_stride[0] + kh * a->w_stride[2] + kw * a->w_stride[3];
      for (size_t c = 0; c < a->channels; c++) sum += weight[c * a->w_stride[1]] * from[c * a->x_stride[1]];
    }
  }
  return sum;
}

/* One row of one picture, all channels. */
static void task(const void *args, size_t index, void *scratch) {
  const struct ait_portable_conv2d_args *a = args;
  (void)scratch;
  const size_t n = index / a->out_height, oh = index % a->out_height;
  for (size_t o = 0; o < a->groups * a->rows; o++) {
    const float *x = a->x + n * a->x_stride[0] + o / a->rows * a->channels * a->x_stride[1];
    float *y = a->y + n * a->y_stride[0] + o * a->y_stride[1] + oh * a->y_stride[2];
    for (size_t ow = 0; ow < a->out_width; ow++) y[ow * a->y_stride[3]] = window(a, x, o, oh, ow);
  }
}

void ait_conv2d__portable(const struct ait_portable_conv2d_args *a, struct ait_workers *workers) {
  ait_parallel(workers, a->batch * a->out_height, task, a);
}
