#ifndef AIT_PORTABLE_SCATTER_H
#define AIT_PORTABLE_SCATTER_H

#include <stddef.h>
#include <stdint.h>

#include "ait/workers.h"
#include "types.h"

enum ait_portable_update { AIT_UPDATE_REPLACE, AIT_UPDATE_ADD, AIT_UPDATE_MUL, AIT_UPDATE_MIN, AIT_UPDATE_MAX };

/*
 * y = x [rows][width], and then for i = 0 … count - 1 in this order y[indices[i]] = y[indices[i]] ∘ updates[i], a row
 * each. Indices have `index_size` bytes; negative ones count from the end, and rows that do not exist are left out. y may
 * be x.
 */
struct ait_portable_scatter_args {
  const void *x;
  void *y;
  const void *indices, *updates;
  enum ait_portable_type type;
  enum ait_portable_update mode;
  size_t index_size, rows, width, count;
};

void ait_scatter__portable(const struct ait_portable_scatter_args *args, struct ait_workers *workers);

#endif
