/*
 * Records what each guest thread executes: blocks, in which order, at which place of the program; and, when caches are
 * given, what its memory accesses would meet in them.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin_api.h"
#include "report.h"
#include "settings.h"
#include "turns.h"

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { MOST_THREADS = 4096, MOST_INSTRUCTIONS = 1024 };

static struct ait_settings settings;
static struct ait_thread *_Atomic threads[MOST_THREADS];
static struct ait_cluster *_Atomic clusters[MOST_THREADS];
static atomic_uint place;
/* How many times the region was entered. */
static atomic_uint regions;

static struct ait_cluster *cluster_of(unsigned index) {
  struct ait_cluster *_Atomic *slot = &clusters[index / settings.memory.cluster];
  struct ait_cluster *cluster = atomic_load(slot);
  if (cluster != NULL) return cluster;
  struct ait_cluster *made = ait_zeroed(1, sizeof *made);
  ait_cluster_init(made, &settings.memory);
  /* Another core of the cluster may have been faster. */
  return atomic_compare_exchange_strong(slot, &cluster, made) ? made : cluster;
}

static struct ait_thread *new_thread(unsigned index) {
  struct ait_thread *thread = ait_zeroed(1, sizeof *thread);
  ait_thread_init(thread);
  if (settings.has_memory) ait_core_memory_init(&thread->memory, cluster_of(index), &settings.memory);
  ait_runner_init(&thread->runner, index);
  atomic_store_explicit(&threads[index], thread, memory_order_release);
  return thread;
}

static inline struct ait_thread *thread_of(unsigned vcpu) {
  const unsigned index = vcpu % MOST_THREADS;
  struct ait_thread *thread = atomic_load_explicit(&threads[index], memory_order_acquire);
  return thread != NULL ? thread : new_thread(index);
}

/* What is measured begins with empty caches, so that what came before it does not matter. */
static void move(struct ait_thread *thread, uint32_t to) {
  const uint32_t region = atomic_load_explicit(&regions, memory_order_relaxed);
  if (settings.has_memory && thread->region != region) ait_core_memory_clear(&thread->memory);
  thread->region = region;
  ait_thread_move(thread, to);
}

static void execute(unsigned vcpu, void *data) {
  struct ait_thread *thread = thread_of(vcpu);
  if (settings.has_memory) ait_turns_execute(&thread->runner, ((const struct ait_block *)data)->count);
  const uint32_t now = atomic_load_explicit(&place, memory_order_relaxed);
  if (now != thread->place) move(thread, now);
  ait_thread_execute(thread, data);
}

static inline void touch(unsigned vcpu, uint64_t address, const struct ait_block *block, int store) {
  struct ait_thread *thread = thread_of(vcpu);
  struct ait_core_memory *memory = &thread->memory;
  const uint64_t line = address >> memory->line_shift;
  if (memory->fresh) {
    memory->fresh = 0;
    if ((address & memory->width_mask) != 0) ait_thread_events(thread, block)->count[AIT_misaligned]++;
  }
  if (line == memory->last_line && (!store || memory->last_dirty)) return;
  ait_memory_access(memory, line, store, ait_thread_events(thread, block));
}

/* An access of at most 8 bytes touches a second line only from its last 7 bytes on. */
static inline void access(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, const struct ait_block *block,
                          int store) {
  touch(vcpu, address, block, store);
  const uint64_t in_line = address & (settings.memory.line - 1);
  if (in_line + 7 < settings.memory.line) return;
  const uint64_t last = address + (1U << qemu_plugin_mem_size_shift(info)) - 1;
  if ((last & ~(settings.memory.line - 1)) != address - in_line) touch(vcpu, last, block, store);
}

static void load(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data) {
  access(vcpu, info, address, data, 0);
}

static void store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data) {
  access(vcpu, info, address, data, 1);
}

static void load_or_store(unsigned vcpu, qemu_plugin_meminfo_t info, uint64_t address, void *data) {
  access(vcpu, info, address, data, qemu_plugin_mem_is_store(info));
}

static void begin_vector_access(unsigned vcpu, void *data) {
  (void)data;
  thread_of(vcpu)->memory.fresh = 1;
}

static void enter_region(void) {
  for (size_t i = 0; i < MOST_THREADS; i++) {
    struct ait_cluster *cluster = atomic_load(&clusters[i]);
    if (cluster != NULL) ait_cluster_clear(cluster);
  }
  atomic_fetch_add(&regions, 1);
  if (settings.has_memory) ait_turns_begin();
}

static void pass_marker(unsigned vcpu, void *data) {
  (void)vcpu;
  const uint32_t to = (uint32_t)(uintptr_t)data;
  /* Steps of an inference that is not measured do not count. */
  if (to > AIT_INSIDE && atomic_load(&place) == AIT_OUTSIDE) return;
  if (to == AIT_INSIDE) enter_region();
  if (to == AIT_OUTSIDE) ait_turns_end();
  atomic_store(&place, to);
}

static void end_steps(unsigned vcpu, void *data) {
  (void)vcpu;
  (void)data;
  if (atomic_load(&place) != AIT_OUTSIDE) atomic_store(&place, AIT_INSIDE);
}

static void watch_marker(struct qemu_plugin_insn *insn, enum ait_marker marker, uint32_t step) {
  const uint32_t to = marker == AIT_REGION_END     ? AIT_OUTSIDE
                      : marker == AIT_REGION_BEGIN ? AIT_INSIDE
                                                   : AIT_FIRST_STEP + step;
  const qemu_plugin_exec_cb callback = marker == AIT_STEPS_END ? end_steps : pass_marker;
  qemu_plugin_register_vcpu_insn_exec_cb(insn, callback, QEMU_PLUGIN_CB_NO_REGS, (void *)(uintptr_t)to);
}

static void watch_memory(struct qemu_plugin_insn *insn, enum ait_class class, struct ait_block *block) {
  if (ait_is_vector_memory(class)) {
    qemu_plugin_register_vcpu_insn_exec_cb(insn, begin_vector_access, QEMU_PLUGIN_CB_NO_REGS, NULL);
  }
  const int loads = ait_may_load(class);
  const int stores = ait_may_store(class);
  if (!loads && !stores) return;
  const qemu_plugin_mem_cb callback = loads && stores ? load_or_store : loads ? load : store;
  /* Both ways: QEMU 7.2 confuses loads and stores when asked for one of them. */
  qemu_plugin_register_vcpu_mem_cb(insn, callback, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, block);
}

/* The instructions of a block while it is read. */
struct draft {
  struct qemu_plugin_insn *insn[MOST_INSTRUCTIONS];
  uint32_t word[MOST_INSTRUCTIONS];
  uint8_t size[MOST_INSTRUCTIONS];
  size_t count;
};

/* Makes the drafted instructions a block; `whole` is the translation they fill, or NULL. */
static void finish(struct draft *draft, struct qemu_plugin_tb *whole) {
  if (draft->count == 0) return;
  struct ait_block *block = ait_block_of(qemu_plugin_insn_vaddr(draft->insn[0]), draft->word, draft->size, draft->count);
  if (whole != NULL) qemu_plugin_register_vcpu_tb_exec_cb(whole, execute, QEMU_PLUGIN_CB_NO_REGS, block);
  else qemu_plugin_register_vcpu_insn_exec_cb(draft->insn[0], execute, QEMU_PLUGIN_CB_NO_REGS, block);
  for (size_t i = 0; settings.has_memory && i < draft->count; i++) {
    watch_memory(draft->insn[i], (enum ait_class)block->class[i], block);
  }
  draft->count = 0;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  struct draft draft = {.count = 0};
  const size_t count = qemu_plugin_tb_n_insns(tb);
  int divided = 0;
  for (size_t i = 0; i < count; i++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    const size_t bytes = qemu_plugin_insn_size(insn);
    uint32_t word = 0;
    uint32_t step = 0;
    memcpy(&word, qemu_plugin_insn_data(insn), bytes < sizeof word ? bytes : sizeof word);
    const enum ait_marker marker = ait_marker(word, bytes, &step);
    if (marker != AIT_NO_MARKER || draft.count == MOST_INSTRUCTIONS) {
      finish(&draft, NULL);
      divided = 1;
    }
    if (marker != AIT_NO_MARKER) {
      watch_marker(insn, marker, step);
      continue;
    }
    draft.insn[draft.count] = insn;
    draft.word[draft.count] = word;
    draft.size[draft.count++] = (uint8_t)bytes;
  }
  finish(&draft, divided ? NULL : tb);
}

static void begin_syscall(qemu_plugin_id_t id, unsigned vcpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                          uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
  (void)id, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
  ait_turns_syscall(&thread_of(vcpu)->runner, number, a1, a2, a3);
}

static void end_syscall(qemu_plugin_id_t id, unsigned vcpu, int64_t number, int64_t result) {
  (void)id, (void)result;
  ait_turns_return(&thread_of(vcpu)->runner, number);
}

static void report(qemu_plugin_id_t id, void *data) {
  (void)id;
  (void)data;
  static struct ait_thread *all[MOST_THREADS];
  for (size_t i = 0; i < MOST_THREADS; i++) all[i] = atomic_load(&threads[i]);
  FILE *out = settings.output == NULL ? stderr : fopen(settings.output, "w");
  if (out == NULL) return;
  ait_report_write(out, settings.vlen, atomic_load(&regions) > 0, all, MOST_THREADS);
  if (out != stderr) fclose(out);
}

__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
                                                               int argc, char **argv) {
  (void)info;
  const char *wrong = ait_settings_parse(&settings, argc, argv);
  if (wrong != NULL) {
    fprintf(stderr, "profiling plugin: bad argument: %s\n", wrong);
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  qemu_plugin_register_atexit_cb(id, report, NULL);
  if (settings.has_memory) {
    qemu_plugin_register_vcpu_syscall_cb(id, begin_syscall);
    qemu_plugin_register_vcpu_syscall_ret_cb(id, end_syscall);
  }
  return 0;
}
