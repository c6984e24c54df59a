#include "ait/machine.h"

#ifdef __riscv_vector
#include <sys/auxv.h>

/* Linux reports single-letter extensions as bits of AT_HWCAP. */
int ait_machine_fits(void) { return (int)(getauxval(AT_HWCAP) >> ('V' - 'A') & 1); }
#else
int ait_machine_fits(void) { return 1; }
#endif
