#ifndef AIT_WORKERS_PTHREADPOOL_H
#define AIT_WORKERS_PTHREADPOOL_H

#include <pthreadpool.h>

#include "ait/workers.h"

/* The thread pool behind a team of workers, for a library that takes one; NULL for a team of one. */
pthreadpool_t ait_workers_pthreadpool(const struct ait_workers *workers);

#endif
