#ifndef AIT_NPY_H
#define AIT_NPY_H

#include <stddef.h>

#include "ait/model.h"
#include "ait/npz.h"

/* numpy's spelling of an element type ("<f4"), or NULL for one it does not have. */
const char *ait_npy_descr(const char *dtype);

/* Longest header ait_npy_header writes. */
#define AIT_NPY_HEADER 512

/* Writes the header of a C-order array of this type and shape; returns its length, a multiple of 64. */
size_t ait_npy_header(const struct ait_tensor_info *info, char header[AIT_NPY_HEADER]);

/* Finds the elements of an array in `bytes`, which must have exactly this type and shape. NULL with a message if not. */
const unsigned char *ait_npy_elements(const unsigned char *bytes, size_t size, const struct ait_tensor_info *info,
                                      struct ait_message *message);

#endif
