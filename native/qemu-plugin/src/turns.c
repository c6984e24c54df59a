#define _POSIX_C_SOURCE 200809L
#include "turns.h"

#include <time.h>

enum { MOST_RUNNERS = 4096, FUTEX = 98, FUTEX_COMMAND = 127 };
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10 };

/* Seconds after which a turn is over whoever has it: it waits for something that is not known here. */
enum { PATIENCE = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ait_runner *runners[MOST_RUNNERS];
static unsigned count;
static int active;
/* Whose turn it is, or NULL; how many turns there were, to see whether they move on. */
static struct ait_runner *running;
static uint64_t turns;
static unsigned last;
/* Threads that have been woken and do not stand in line yet, and who waits for them. */
static uint64_t woken;
static struct ait_runner *waker;

void ait_runner_init(struct ait_runner *runner, unsigned number) {
  pthread_cond_init(&runner->turn, NULL);
  runner->left = -1;
  pthread_mutex_lock(&lock);
  if (number < MOST_RUNNERS) {
    runners[number] = runner;
    if (number >= count) count = number + 1;
  }
  pthread_mutex_unlock(&lock);
}

/* Waits to be called, at most PATIENCE; returns whether it was called. */
static int rest(struct ait_runner *runner) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += PATIENCE;
  return pthread_cond_timedwait(&runner->turn, &lock, &until) == 0;
}

/* Calls the next in line after whoever was last. */
static void pass(void) {
  running = NULL;
  for (unsigned i = 1; i <= count; i++) {
    struct ait_runner *next = runners[(last + i) % count];
    if (next == NULL || !next->waits) continue;
    last = (last + i) % count;
    next->waits = 0;
    running = next;
    turns++;
    pthread_cond_signal(&next->turn);
    return;
  }
}

static void stand_in_line(struct ait_runner *runner) {
  runner->waits = 1;
  if (running == NULL && woken == 0) pass();
  while (active && runner->waits) {
    const uint64_t before = turns;
    if (!rest(runner) && active && runner->waits && turns == before) {
      woken = 0;
      pass();
    }
  }
  runner->waits = 0;
  runner->left = AIT_TURN;
}

void ait_turns_next(struct ait_runner *runner) {
  pthread_mutex_lock(&lock);
  if (!active) {
    /* Looked at again soon: turns may begin. */
    runner->left = AIT_TURN;
  } else {
    if (running == runner) running = NULL;
    stand_in_line(runner);
  }
  pthread_mutex_unlock(&lock);
}

void ait_turns_begin(void) {
  pthread_mutex_lock(&lock);
  active = 1;
  running = NULL;
  woken = 0;
  for (unsigned i = 0; i < count; i++) {
    if (runners[i] != NULL) runners[i]->left = -1;
  }
  pthread_mutex_unlock(&lock);
}

void ait_turns_end(void) {
  pthread_mutex_lock(&lock);
  active = 0;
  for (unsigned i = 0; i < count; i++) {
    if (runners[i] != NULL) pthread_cond_signal(&runners[i]->turn);
  }
  pthread_mutex_unlock(&lock);
}

static uint64_t sleepers(uint64_t address) {
  uint64_t all = 0;
  for (unsigned i = 0; i < count; i++) all += runners[i] != NULL && runners[i]->sleeps && runners[i]->sleeps_at == address;
  return all;
}

void ait_turns_syscall(struct ait_runner *runner, int64_t number, uint64_t address, uint64_t operation, uint64_t most) {
  if (number != FUTEX) return;
  const uint64_t command = operation & FUTEX_COMMAND;
  pthread_mutex_lock(&lock);
  if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET) {
    runner->sleeps = 1;
    runner->sleeps_at = address;
    if (running == runner) pass();
  } else if (active && (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET)) {
    const uint64_t all = sleepers(address);
    woken += all < most ? all : most;
    waker = runner;
  }
  pthread_mutex_unlock(&lock);
}

/* Who wakes others goes on when they stand in line. */
static void await_woken(struct ait_runner *runner) {
  while (active && woken > 0) {
    if (!rest(runner)) woken = 0;
  }
  waker = NULL;
}

void ait_turns_return(struct ait_runner *runner, int64_t number) {
  if (number != FUTEX) return;
  pthread_mutex_lock(&lock);
  if (runner->sleeps) {
    runner->sleeps = 0;
    if (active) {
      if (woken > 0 && --woken == 0 && waker != NULL) pthread_cond_signal(&waker->turn);
      stand_in_line(runner);
    }
  } else if (runner == waker) {
    await_woken(runner);
  }
  pthread_mutex_unlock(&lock);
}
