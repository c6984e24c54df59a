/*
 * Counts executed instructions by class. Each translated block carries a histogram of its instructions; executing it
 * adds the histogram to the counters of the virtual processor (a guest thread), which no other thread touches.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "qemu_plugin_api.h"

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { MOST_THREADS = 4096 };

/* Counters outside (0) and inside (1) the region. */
struct vcpu {
  uint64_t classes[2][AIT_CLASS_COUNT];
  uint64_t multiply_adds[2];
  /* Lanes of a register group under the current vector type. */
  unsigned lanes;
};

/* What executing a run of instructions adds. */
struct block {
  /* Multiply-adds before the first change of type in the block, and the lanes of those after it. */
  uint32_t early_multiply_adds;
  uint64_t late_lanes;
  int changes_type;
  unsigned lanes_after;
  uint32_t entries;
  struct {
    uint16_t class;
    uint16_t count;
  } entry[AIT_CLASS_COUNT];
};

static struct vcpu *_Atomic vcpus[MOST_THREADS];
static atomic_int region;
static atomic_int region_seen;
static unsigned vlen = 128;
static char *output;

static struct vcpu *vcpu_of(unsigned index) {
  struct vcpu *_Atomic *slot = &vcpus[index % MOST_THREADS];
  struct vcpu *own = atomic_load_explicit(slot, memory_order_acquire);
  if (own == NULL) {
    own = calloc(1, sizeof *own);
    if (own == NULL) abort();
    atomic_store_explicit(slot, own, memory_order_release);
  }
  return own;
}

static void execute(unsigned index, void *data) {
  const struct block *block = data;
  struct vcpu *own = vcpu_of(index);
  const int inside = atomic_load_explicit(&region, memory_order_relaxed);
  for (uint32_t i = 0; i < block->entries; i++) own->classes[inside][block->entry[i].class] += block->entry[i].count;
  own->multiply_adds[inside] += (uint64_t)block->early_multiply_adds * own->lanes + block->late_lanes;
  if (block->changes_type) own->lanes = block->lanes_after;
}

static void open_region(unsigned index, void *data) {
  (void)index;
  (void)data;
  atomic_store(&region, 1);
  atomic_store(&region_seen, 1);
}

static void close_region(unsigned index, void *data) {
  (void)index;
  (void)data;
  atomic_store(&region, 0);
}

static uint32_t word_of(const struct qemu_plugin_insn *insn) {
  uint32_t word = 0;
  memcpy(&word, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
  return word;
}

static void add(struct block *block, const struct qemu_plugin_insn *insn) {
  const uint32_t word = word_of(insn);
  const size_t bytes = qemu_plugin_insn_size(insn);
  const enum ait_class class = ait_classify(word, bytes);
  uint32_t i = 0;
  while (i < block->entries && block->entry[i].class != class) i++;
  if (i == block->entries) block->entry[block->entries++].class = (uint16_t)class;
  block->entry[i].count++;
  if (class == AIT_vectorMultiplyAdd) {
    if (block->changes_type) block->late_lanes += block->lanes_after;
    else block->early_multiply_adds++;
  }
  unsigned lanes;
  if (ait_sets_lanes(word, bytes, vlen, &lanes)) {
    block->changes_type = 1;
    block->lanes_after = lanes;
  }
}

/* Blocks live as long as the process: QEMU may execute a translation at any later time. */
static struct block *new_block(void) {
  struct block *block = calloc(1, sizeof *block);
  if (block == NULL) abort();
  return block;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(tb);
  int has_marker = 0;
  for (size_t i = 0; i < count; i++) {
    const struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    has_marker |= ait_marker(word_of(insn), qemu_plugin_insn_size(insn)) != AIT_NO_MARKER;
  }
  struct block *whole = has_marker ? NULL : new_block();
  for (size_t i = 0; i < count; i++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    const enum ait_marker marker = ait_marker(word_of(insn), qemu_plugin_insn_size(insn));
    if (marker == AIT_REGION_BEGIN) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, open_region, QEMU_PLUGIN_CB_NO_REGS, NULL);
    } else if (marker == AIT_REGION_END) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, close_region, QEMU_PLUGIN_CB_NO_REGS, NULL);
    } else if (has_marker) {
      /* The region begins or ends within this block: count its instructions one by one. */
      struct block *single = new_block();
      add(single, insn);
      qemu_plugin_register_vcpu_insn_exec_cb(insn, execute, QEMU_PLUGIN_CB_NO_REGS, single);
    } else {
      add(whole, insn);
    }
  }
  if (whole != NULL) qemu_plugin_register_vcpu_tb_exec_cb(tb, execute, QEMU_PLUGIN_CB_NO_REGS, whole);
}

static void report(qemu_plugin_id_t id, void *data) {
  static const char *const NAMES[] = {
#define NAME(name) #name,
      AIT_CLASSES(NAME)
#undef NAME
  };
  (void)id;
  (void)data;
  const int marked = atomic_load(&region_seen);
  uint64_t classes[AIT_CLASS_COUNT] = {0};
  uint64_t multiply_adds = 0;
  uint64_t instructions = 0;
  for (size_t i = 0; i < MOST_THREADS; i++) {
    const struct vcpu *own = atomic_load(&vcpus[i]);
    if (own == NULL) continue;
    for (int side = marked; side < 2; side++) {
      multiply_adds += own->multiply_adds[side];
      for (size_t c = 0; c < AIT_CLASS_COUNT; c++) classes[c] += own->classes[side][c];
    }
  }
  FILE *out = output == NULL ? stderr : fopen(output, "w");
  if (out == NULL) return;
  fprintf(out, "{\"vlen\":%u,\"region\":\"%s\",\"classes\":{", vlen, marked ? "markers" : "program");
  for (size_t c = 0; c < AIT_CLASS_COUNT; c++) {
    instructions += classes[c];
    fprintf(out, "%s\"%s\":%llu", c == 0 ? "" : ",", NAMES[c], (unsigned long long)classes[c]);
  }
  fprintf(out, "},\"instructions\":%llu,\"vectorMultiplyAdds\":%llu}\n", (unsigned long long)instructions,
          (unsigned long long)multiply_adds);
  if (out != stderr) fclose(out);
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
                                                               int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "vlen=", 5) == 0) {
      vlen = (unsigned)strtoul(argv[i] + 5, NULL, 10);
    } else if (strncmp(argv[i], "output=", 7) == 0) {
      output = strdup(argv[i] + 7);
    } else {
      fprintf(stderr, "counting plugin: unknown argument %s\n", argv[i]);
      return -1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  return 0;
}
