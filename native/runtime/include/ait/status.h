#ifndef AIT_STATUS_H
#define AIT_STATUS_H

enum ait_status {
  AIT_OK = 0,
  AIT_NO_MEMORY,
  AIT_NO_THREADS,
  AIT_BAD_ARGUMENT,
  AIT_WEIGHTS_MISSING,
  AIT_WEIGHTS_UNREADABLE,
  AIT_WEIGHTS_MISMATCH,
  AIT_NO_VECTOR_UNIT,
  AIT_LIBRARY_FAILED,
  AIT_BAD_CLOCK,
};

/* One line for people; never NULL. */
const char *ait_status_text(enum ait_status status);

#endif
