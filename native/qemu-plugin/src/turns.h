#ifndef AIT_TURNS_H
#define AIT_TURNS_H

#include <pthread.h>
#include <stdint.h>

/*
 * Guest threads take turns of equally many instructions, in the order of their numbers, so that they reach a shared
 * cache side by side, as the cores they stand for would, and in the same order in every run, however the host schedules
 * them. A thread that sleeps in the kernel takes no turns, and who wakes one goes on when it stands in line again.
 */
enum { AIT_TURN = 8192 };

struct ait_runner {
  /* Instructions left of the turn; below 0 without one. */
  int64_t left;
  int waits, sleeps;
  uint64_t sleeps_at;
  pthread_cond_t turn;
};

void ait_turns_begin(void);
void ait_turns_end(void);

void ait_runner_init(struct ait_runner *runner, unsigned number);

/* The runner's turn is over, or it has none. Returns when it has the next one, or when there are no turns. */
void ait_turns_next(struct ait_runner *runner);

/* A system call begins and ends; futexes are what threads sleep at. */
void ait_turns_syscall(struct ait_runner *runner, int64_t number, uint64_t address, uint64_t operation, uint64_t count);
void ait_turns_return(struct ait_runner *runner, int64_t number);

/* To be called before a block of so many instructions is executed. */
static inline void ait_turns_execute(struct ait_runner *runner, uint32_t instructions) {
  runner->left -= instructions;
  if (runner->left < 0) ait_turns_next(runner);
}

#endif
