#ifndef AIT_ALIGN_H
#define AIT_ALIGN_H

#include <stddef.h>
#include <stdint.h>

static inline int ait_aligned(const void *p, size_t to) { return (uintptr_t)p % to == 0; }

#endif
