#include "ait/status.h"

const char *ait_status_text(enum ait_status status) {
  switch (status) {
    case AIT_OK: return "ok";
    case AIT_NO_MEMORY: return "not enough memory";
    case AIT_NO_THREADS: return "the threads cannot be started";
    case AIT_BAD_ARGUMENT: return "a required argument is missing";
    case AIT_WEIGHTS_MISSING: return "the weights file cannot be opened";
    case AIT_WEIGHTS_UNREADABLE: return "the weights file is no weights.bin of this program";
    case AIT_NO_VECTOR_UNIT: return "this machine has no vector unit (RVV 1.0), which the program was compiled for";
    case AIT_LIBRARY_FAILED: return "the library the program is linked with refuses the model";
    case AIT_WEIGHTS_MISMATCH: return "the weights file is damaged or belongs to another model";
    case AIT_BAD_CLOCK: return "the clock of this machine runs backwards";
  }
  return "unknown status";
}
