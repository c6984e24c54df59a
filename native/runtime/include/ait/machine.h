#ifndef AIT_MACHINE_H
#define AIT_MACHINE_H

/*
 * Whether this machine has what the program was compiled for: a vector unit (RVV 1.0), when it uses one. Asked before
 * anything else, since any other function may hold vector instructions.
 */
int ait_machine_fits(void);

#endif
