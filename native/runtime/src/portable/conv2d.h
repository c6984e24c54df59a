#ifndef AIT_PORTABLE_CONV2D_H
#define AIT_PORTABLE_CONV2D_H

#include <stddef.h>

#include "ait/workers.h"

/*
 * 2-D convolution without an epilogue:
 *
 *   y[n][g·rows + m][oh][ow] = Σ_c,kh,kw w[g·rows + m][c][kh][kw] · x[n][g·channels + c][oh·SH + kh·DH − PT][ow·SW + …]
 *
 * Strides are those of the axes n, c, h, w, in elements; of w, of [groups·rows][channels][kernel_h][kernel_w].
 */
struct ait_portable_conv2d_args {
  const float *x;
  const float *w;
  float *y;
  size_t batch, groups, rows, channels;
  size_t height, width, out_height, out_width;
  size_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  size_t x_stride[4], w_stride[4], y_stride[4];
};

void ait_conv2d__portable(const struct ait_portable_conv2d_args *args, struct ait_workers *workers);

#endif
