#ifndef AIT_MARKERS_H
#define AIT_MARKERS_H

/*
 * Hint instructions that tell an emulator where a program stands. They do nothing on any core and are nothing at all
 * when compiled for another machine. Around the region of interest: AIT_MARK_REGION_BEGIN and AIT_MARK_REGION_END.
 * Within it, step n of a network begins at AIT_MARK_STEP(n), a constant below 126976; the last one ends at
 * AIT_MARK_STEPS_END. The other half of this agreement is native/qemu-plugin/src/decode.h.
 */
#ifdef __riscv
#define AIT_MARK(source, immediate) __asm__ volatile("slti x0, x%0, %1" ::"i"(source), "i"(immediate) : "memory")
#define AIT_MARK_STEP(n) AIT_MARK(1 + (n) / 4096, ((n) % 4096 ^ 2048) - 2048)
#else
#define AIT_MARK(source, immediate) ((void)0)
#define AIT_MARK_STEP(n) ((void)0)
#endif

#define AIT_MARK_REGION_BEGIN() AIT_MARK(0, 1)
#define AIT_MARK_REGION_END() AIT_MARK(0, 2)
#define AIT_MARK_STEPS_END() AIT_MARK(0, 3)

#endif
