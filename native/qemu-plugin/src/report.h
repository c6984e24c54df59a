#ifndef AIT_REPORT_H
#define AIT_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "thread.h"

/* Everything that was executed inside the region, or at all when no marker was met, as one JSON document. */
void ait_report_write(FILE *out, unsigned vlen, int marked, struct ait_thread *const *threads, size_t thread_count);

#endif
