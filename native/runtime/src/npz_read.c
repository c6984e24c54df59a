#include "ait/npz.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ait/npy.h"

/* Zip (PKWARE APPNOTE 6.3): end record 22 bytes, central entry 46, local header 30. Only stored entries. */
enum { END_BYTES = 22, CENTRAL_BYTES = 46, LOCAL_BYTES = 30 };

static uint64_t little(const unsigned char *at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = bytes; i > 0; i--) value = value << 8 | at[i - 1];
  return value;
}

static int fail(struct ait_message *message, const char *text, const char *what) {
  snprintf(message->text, sizeof message->text, text, what);
  return -1;
}

static int read_all(const char *path, struct ait_npz_file *file, struct ait_message *message) {
  FILE *in = fopen(path, "rb");
  if (in == NULL) return fail(message, "cannot open %.400s", path);
  long size = -1;
  if (fseek(in, 0, SEEK_END) == 0) size = ftell(in);
  if (size >= 0 && size < LONG_MAX && fseek(in, 0, SEEK_SET) == 0) {
    file->size = (size_t)size;
    file->bytes = malloc(file->size + 1);
    if (file->bytes != NULL && fread(file->bytes, 1, file->size, in) == file->size) {
      fclose(in);
      return 0;
    }
  }
  fclose(in);
  free(file->bytes);
  file->bytes = NULL;
  return fail(message, "cannot read %.400s", path);
}

int ait_npz_open(const char *path, struct ait_npz_file *file, struct ait_message *message) {
  memset(file, 0, sizeof *file);
  if (read_all(path, file, message) != 0) return -1;
  /* The end record stands before a comment of at most 65,535 bytes. */
  for (size_t back = END_BYTES; back <= file->size && back <= END_BYTES + 65535; back++) {
    const unsigned char *end = file->bytes + file->size - back;
    if (memcmp(end, "PK\5\6", 4) != 0) continue;
    file->entries = little(end + 10, 2);
    file->directory_size = little(end + 12, 4);
    file->directory = little(end + 16, 4);
    if (file->directory <= file->size && file->directory_size <= file->size - file->directory) return 0;
    break;
  }
  ait_npz_close(file);
  return fail(message, "%.400s is no .npz file", path);
}

void ait_npz_close(struct ait_npz_file *file) {
  free(file->bytes);
  memset(file, 0, sizeof *file);
}

struct entry {
  const unsigned char *name;
  size_t name_length;
  uint64_t method, size, stored, local;
};

/* A 64-bit value from the zip64 extra field (id 1), in which only the fields that overflowed stand, in this order. */
static int zip64(const unsigned char *extra, size_t length, struct entry *entry) {
  for (size_t at = 0; at + 4 <= length;) {
    const size_t id = little(extra + at, 2);
    const size_t bytes = little(extra + at + 2, 2);
    if (bytes > length - at - 4) return -1;
    if (id == 1) {
      uint64_t *fields[] = {&entry->size, &entry->stored, &entry->local};
      size_t used = 0;
      for (size_t i = 0; i < 3; i++) {
        if (*fields[i] != 0xffffffffU) continue;
        if (used + 8 > bytes) return -1;
        *fields[i] = little(extra + at + 4 + used, 8);
        used += 8;
      }
      return 0;
    }
    at += 4 + bytes;
  }
  return 0;
}

/* The entry at `*at` in the central directory; moves on. Returns -1 at the end or at damage. */
static int next_entry(const struct ait_npz_file *file, size_t *at, struct entry *entry) {
  if (*at > file->directory_size || file->directory_size - *at < CENTRAL_BYTES) return -1;
  const unsigned char *record = file->bytes + file->directory + *at;
  if (memcmp(record, "PK\1\2", 4) != 0) return -1;
  const size_t name = little(record + 28, 2);
  const size_t extra = little(record + 30, 2);
  const size_t comment = little(record + 32, 2);
  if (name + extra + comment > file->directory_size - *at - CENTRAL_BYTES) return -1;
  entry->method = little(record + 10, 2);
  entry->stored = little(record + 20, 4);
  entry->size = little(record + 24, 4);
  entry->local = little(record + 42, 4);
  entry->name = record + CENTRAL_BYTES;
  entry->name_length = name;
  *at += CENTRAL_BYTES + name + extra + comment;
  return zip64(entry->name + name, extra, entry);
}

static int names_tensor(const struct entry *entry, const char *name) {
  const size_t length = strlen(name);
  return entry->name_length == length + 4 && memcmp(entry->name, name, length) == 0 &&
         memcmp(entry->name + length, ".npy", 4) == 0;
}

/* The contents of a stored entry, or NULL when they do not lie within the file. */
static const unsigned char *contents(const struct ait_npz_file *file, const struct entry *entry) {
  if (entry->local > file->size || file->size - entry->local < LOCAL_BYTES) return NULL;
  const unsigned char *local = file->bytes + entry->local;
  if (memcmp(local, "PK\3\4", 4) != 0) return NULL;
  const uint64_t start = entry->local + LOCAL_BYTES + little(local + 26, 2) + little(local + 28, 2);
  if (start > file->size || entry->size > file->size - start) return NULL;
  return file->bytes + start;
}

int ait_npz_read(const struct ait_npz_file *file, const struct ait_tensor_info *info, void *data,
                 struct ait_message *message) {
  struct entry entry;
  for (size_t at = 0; next_entry(file, &at, &entry) == 0;) {
    if (!names_tensor(&entry, info->name)) continue;
    if (entry.method != 0) {
      return fail(message, "\"%.200s\" is compressed; save with numpy.savez, not savez_compressed", info->name);
    }
    const unsigned char *bytes = contents(file, &entry);
    if (bytes == NULL) return fail(message, "\"%.200s\" lies outside the file", info->name);
    const unsigned char *elements = ait_npy_elements(bytes, entry.size, info, message);
    if (elements == NULL) return -1;
    memcpy(data, elements, info->bytes);
    return 0;
  }
  return fail(message, "no tensor \"%.200s\" in the file", info->name);
}

const char *ait_npz_stranger(const struct ait_npz_file *file, const struct ait_tensor_info *tensors, size_t count,
                             char *buffer, size_t bytes) {
  struct entry entry;
  for (size_t at = 0; next_entry(file, &at, &entry) == 0;) {
    size_t known = 0;
    for (size_t i = 0; i < count; i++) known += (size_t)names_tensor(&entry, tensors[i].name);
    if (known > 0) continue;
    snprintf(buffer, bytes, "%.*s", (int)(entry.name_length < 100 ? entry.name_length : 100), (const char *)entry.name);
    return buffer;
  }
  return NULL;
}
