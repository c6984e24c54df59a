#ifndef AIT_PORTABLE_POOL2D_H
#define AIT_PORTABLE_POOL2D_H

#include <stddef.h>

#include "ait/workers.h"

enum ait_portable_pool { AIT_POOL_MAX, AIT_POOL_AVERAGE };

/*
 * y[n][c][oh][ow] = max or mean of x[n][c][oh·SH + kh·DH − PT][ow·SW + kw·DW − PL] over the taps inside the picture.
 * A mean divides by the taps inside the picture, or, with include_pad, inside the padded one, which reaches pad_bottom
 * and pad_right beyond it. A maximum over no tap is −inf. Strides are those of the axes n, c, h, w, in elements.
 */
struct ait_portable_pool2d_args {
  const float *x;
  float *y;
  enum ait_portable_pool mode;
  size_t batch, channels, height, width, out_height, out_width;
  size_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  size_t pad_top, pad_left, pad_bottom, pad_right, include_pad;
  size_t x_stride[4], y_stride[4];
};

void ait_pool2d__portable(const struct ait_portable_pool2d_args *args, struct ait_workers *workers);

#endif
