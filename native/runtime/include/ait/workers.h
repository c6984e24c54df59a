#ifndef AIT_WORKERS_H
#define AIT_WORKERS_H

#include <stddef.h>

/*
 * A fixed team of threads that runs the tasks of one kernel at a time. The calling thread is worker 0, so a team
 * of one starts no thread. Each worker owns a scratch area; its contents do not outlive a task.
 */
struct ait_workers;

/* One task of a kernel: `args` is the kernel's argument struct, `scratch` the worker's own area. */
typedef void (*ait_task)(const void *args, size_t task, void *scratch);

/*
 * A team of `threads` workers (at least 1) with `scratch_bytes` each. Returns NULL when memory or threads cannot
 * be had; nothing is left behind then.
 */
struct ait_workers *ait_workers_create(size_t threads, size_t scratch_bytes);
void ait_workers_destroy(struct ait_workers *workers);

size_t ait_workers_count(const struct ait_workers *workers);

/*
 * Deals tasks out in turn from now on, instead of letting each worker take the next one when it is idle: worker w runs
 * tasks w, w + count, … What a worker does is then the same in every run, which a simulator needs; on a board idle
 * workers balance the load.
 */
void ait_workers_deal(struct ait_workers *workers);

/* Runs tasks 0 … tasks-1, each exactly once, in any order on any worker, and returns when all are done. */
void ait_parallel(struct ait_workers *workers, size_t tasks, ait_task task, const void *args);

#endif
