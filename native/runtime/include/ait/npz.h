#ifndef AIT_NPZ_H
#define AIT_NPZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ait/model.h"

/*
 * Tensors in .npz files as numpy.savez writes them: a zip of stored (uncompressed) .npy entries. Entry names are only
 * ever compared, never used as paths.
 */

/* A message for people, always terminated. */
struct ait_message {
  char text[512];
};

/* A file read into memory. Entries are found by name and stay valid until the file is closed. */
struct ait_npz_file {
  unsigned char *bytes;
  size_t size;
  size_t directory, directory_size, entries;
};

/* All return 0, or -1 with a message. */
int ait_npz_open(const char *path, struct ait_npz_file *file, struct ait_message *message);
void ait_npz_close(struct ait_npz_file *file);

/* Copies the elements of the tensor `info` describes into `data`; name, element type and shape must be the same. */
int ait_npz_read(const struct ait_npz_file *file, const struct ait_tensor_info *info, void *data,
                 struct ait_message *message);

/* An entry that none of the `count` tensors is named after; NULL when there is none. The text lives in `buffer`. */
const char *ait_npz_stranger(const struct ait_npz_file *file, const struct ait_tensor_info *tensors, size_t count,
                             char *buffer, size_t bytes);

/* A file being written beside its final place; renamed by finish, removed by abandon. */
struct ait_npz_writer {
  FILE *out;
  char *path, *temporary;
  /* Central directory, grown as entries are added. */
  unsigned char *directory;
  size_t used, room, entries;
  uint64_t offset;
};

int ait_npz_begin(struct ait_npz_writer *writer, const char *path, struct ait_message *message);
int ait_npz_add(struct ait_npz_writer *writer, const struct ait_tensor_info *info, const void *data,
                struct ait_message *message);
int ait_npz_finish(struct ait_npz_writer *writer, struct ait_message *message);
void ait_npz_abandon(struct ait_npz_writer *writer);

#endif
