#include "ait/npy.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *dtype, *descr;
} TYPES[] = {
    {"f32", "<f4"}, {"f64", "<f8"}, {"f16", "<f2"}, {"i8", "|i1"},   {"u8", "|u1"},
    {"u16", "<u2"}, {"i32", "<i4"}, {"i64", "<i8"}, {"bool", "|b1"},
};

const char *ait_npy_descr(const char *dtype) {
  for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
    if (strcmp(TYPES[i].dtype, dtype) == 0) return TYPES[i].descr;
  }
  return NULL;
}

/* "(2, 3)", "(2,)" or "()", as Python writes tuples. */
static size_t shape_text(const struct ait_tensor_info *info, char *text, size_t room) {
  size_t used = (size_t)snprintf(text, room, "(");
  for (size_t i = 0; i < info->rank; i++) {
    used += (size_t)snprintf(text + used, room - used, i == 0 ? "%zu" : ", %zu", info->shape[i]);
  }
  return used + (size_t)snprintf(text + used, room - used, info->rank == 1 ? ",)" : ")");
}

size_t ait_npy_header(const struct ait_tensor_info *info, char header[AIT_NPY_HEADER]) {
  char shape[AIT_MAX_RANK * 24 + 8];
  shape_text(info, shape, sizeof shape);
  const int text = snprintf(header + 10, AIT_NPY_HEADER - 10, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                            ait_npy_descr(info->dtype), shape);
  const size_t end = 10 + (size_t)text + 1;
  const size_t total = (end + 63) / 64 * 64;
  memset(header + 10 + text, ' ', total - 10 - (size_t)text - 1);
  header[total - 1] = '\n';
  memcpy(header, "\x93NUMPY\x01", 8);
  header[7] = 0;
  header[8] = (char)((total - 10) & 0xff);
  header[9] = (char)((total - 10) >> 8);
  return total;
}

/* The text after `key` in the header dictionary, or NULL. */
static const char *value_of(const char *header, const char *key) {
  const char *at = strstr(header, key);
  if (at == NULL) return NULL;
  at += strlen(key);
  while (*at == ' ') at++;
  return at;
}

static int same_text(const char *at, const char *expected) {
  return at != NULL && strncmp(at, expected, strlen(expected)) == 0;
}

const unsigned char *ait_npy_elements(const unsigned char *bytes, size_t size, const struct ait_tensor_info *info,
                                      struct ait_message *message) {
  char header[1024];
  char shape[AIT_MAX_RANK * 24 + 8];
  char found[160];
  if (size < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0 || bytes[6] < 1 || bytes[6] > 2) {
    snprintf(message->text, sizeof message->text, "\"%s\" is no .npy array", info->name);
    return NULL;
  }
  const size_t prefix = bytes[6] == 1 ? 10 : 12;
  const size_t length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  if (prefix + length > size || length >= sizeof header || (prefix == 12 && (bytes[10] | bytes[11]) != 0)) {
    snprintf(message->text, sizeof message->text, "\"%s\" has a damaged .npy header", info->name);
    return NULL;
  }
  memcpy(header, bytes + prefix, length);
  header[length] = 0;
  shape_text(info, shape, sizeof shape);
  const char *descr = value_of(header, "'descr':");
  const char *have = value_of(header, "'shape':");
  if (!same_text(value_of(header, "'fortran_order':"), "False")) {
    snprintf(message->text, sizeof message->text, "\"%s\" is stored in Fortran order; save numpy.ascontiguousarray(x)", info->name);
    return NULL;
  }
  if (!same_text(descr == NULL ? NULL : descr + 1, ait_npy_descr(info->dtype)) || !same_text(have, shape)) {
    snprintf(found, sizeof found, "%.5s %.100s", descr == NULL ? "?" : descr, have == NULL ? "?" : have);
    found[strcspn(found, ")") + (strchr(found, ')') != NULL)] = 0;
    snprintf(message->text, sizeof message->text, "\"%s\" is %s, the model expects '%s' %s", info->name, found,
             ait_npy_descr(info->dtype), shape);
    return NULL;
  }
  if (size - prefix - length != info->bytes) {
    snprintf(message->text, sizeof message->text, "\"%s\" has %zu bytes of elements, its shape needs %zu", info->name,
             size - prefix - length, info->bytes);
    return NULL;
  }
  return bytes + prefix + length;
}
