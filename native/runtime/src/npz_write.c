#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ait/npy.h"
#include "ait/npz.h"

static uint32_t crc32(uint32_t crc, const unsigned char *bytes, size_t count) {
  static uint32_t table[256];
  if (table[1] == 0) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t c = i;
      for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320U ^ c >> 1 : c >> 1;
      table[i] = c;
    }
  }
  crc = ~crc;
  for (size_t i = 0; i < count; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
  return ~crc;
}

static void put(unsigned char *at, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) at[i] = (unsigned char)(value >> 8 * i);
}

static int fail(struct ait_message *message, const char *text, const char *what) {
  snprintf(message->text, sizeof message->text, text, what);
  return -1;
}

int ait_npz_begin(struct ait_npz_writer *writer, const char *path, struct ait_message *message) {
  memset(writer, 0, sizeof *writer);
  const size_t room = strlen(path) + 32;
  writer->path = malloc(room);
  writer->temporary = malloc(room);
  if (writer->path != NULL && writer->temporary != NULL) {
    snprintf(writer->path, room, "%s", path);
    snprintf(writer->temporary, room, "%s.%ld.part", path, (long)getpid());
    writer->out = fopen(writer->temporary, "wb");
  }
  if (writer->out != NULL) return 0;
  ait_npz_abandon(writer);
  return fail(message, "cannot write %.400s", path);
}

static int grow(struct ait_npz_writer *writer, size_t bytes) {
  if (writer->used + bytes <= writer->room) return 0;
  const size_t room = 2 * (writer->room + bytes);
  unsigned char *larger = realloc(writer->directory, room);
  if (larger == NULL) return -1;
  writer->directory = larger;
  writer->room = room;
  return 0;
}

/* The part of a zip header that local and central records share: 26 bytes from "version needed" on. */
static void shared_fields(unsigned char *at, uint32_t crc, uint32_t size, size_t name) {
  memset(at, 0, 26);
  put(at, 20, 2);
  put(at + 2, 0x800, 2); /* names are UTF-8 */
  put(at + 8, 0x21, 2);  /* 1 January 1980: files do not depend on when they were written */
  put(at + 10, crc, 4);
  put(at + 14, size, 4);
  put(at + 18, size, 4);
  put(at + 22, name, 2);
}

int ait_npz_add(struct ait_npz_writer *writer, const struct ait_tensor_info *info, const void *data,
                struct ait_message *message) {
  char header[AIT_NPY_HEADER];
  const size_t header_bytes = ait_npy_header(info, header);
  const size_t name = strlen(info->name);
  const uint64_t size = (uint64_t)header_bytes + info->bytes;
  if (size > 0xfffffffeU || writer->offset + size > 0xfffffffeU || name > 60000 || writer->entries >= 65534) {
    return fail(message, "\"%.200s\" is too large for a .npz file", info->name);
  }
  const uint32_t crc = crc32(crc32(0, (const unsigned char *)header, header_bytes), data, info->bytes);
  unsigned char local[30];
  memcpy(local, "PK\3\4", 4);
  shared_fields(local + 4, crc, (uint32_t)size, name + 4);
  if (grow(writer, 46 + name + 4) != 0) return fail(message, "%s", "not enough memory");
  unsigned char *central = writer->directory + writer->used;
  memcpy(central, "PK\1\2", 4);
  put(central + 4, 20, 2);
  shared_fields(central + 6, crc, (uint32_t)size, name + 4);
  memset(central + 32, 0, 10);
  put(central + 42, writer->offset, 4);
  memcpy(central + 46, info->name, name);
  memcpy(central + 46 + name, ".npy", 4);
  const int wrote = fwrite(local, 1, 30, writer->out) == 30 && fwrite(info->name, 1, name, writer->out) == name &&
                    fwrite(".npy", 1, 4, writer->out) == 4 &&
                    fwrite(header, 1, header_bytes, writer->out) == header_bytes &&
                    fwrite(data, 1, info->bytes, writer->out) == info->bytes;
  if (!wrote) return fail(message, "cannot write %.400s", writer->path);
  writer->used += 46 + name + 4;
  writer->offset += 30 + name + 4 + size;
  writer->entries++;
  return 0;
}

int ait_npz_finish(struct ait_npz_writer *writer, struct ait_message *message) {
  unsigned char end[22] = {0};
  memcpy(end, "PK\5\6", 4);
  put(end + 8, writer->entries, 2);
  put(end + 10, writer->entries, 2);
  put(end + 12, writer->used, 4);
  put(end + 16, writer->offset, 4);
  int failed = fwrite(writer->directory, 1, writer->used, writer->out) != writer->used;
  failed |= fwrite(end, 1, 22, writer->out) != 22;
  failed |= fclose(writer->out) != 0;
  writer->out = NULL;
  if (!failed) failed = rename(writer->temporary, writer->path) != 0;
  if (failed) fail(message, "cannot write %.400s", writer->path);
  if (!failed) writer->temporary[0] = 0;
  ait_npz_abandon(writer);
  return failed ? -1 : 0;
}

void ait_npz_abandon(struct ait_npz_writer *writer) {
  if (writer->out != NULL) fclose(writer->out);
  if (writer->temporary != NULL && writer->temporary[0] != 0) unlink(writer->temporary);
  free(writer->path);
  free(writer->temporary);
  free(writer->directory);
  memset(writer, 0, sizeof *writer);
}
