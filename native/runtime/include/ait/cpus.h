#ifndef AIT_CPUS_H
#define AIT_CPUS_H

/*
 * Binds this process, and the threads it starts after the call, to the cores of a list such as "4,5,6,7". Returns 0, or
 * 2 after printing one line to stderr.
 */
int ait_cpus_bind(const char *list);

#endif
