/*
 * Says what the vector unit of this machine is: one `key=value` a line. Compiled without vector extensions, so that it
 * runs on a machine that has none.
 *
 *   architecture  of this program
 *   vector        yes | no, as the kernel says
 *   vlen          bits of a vector register; 0 without a vector unit
 *   extensions    of the vector unit and of f16, as riscv_hwprobe says, separated by spaces
 *   cycles        perf_event | the reason why this user may not count cycles
 *   timer         nanoseconds of the smallest step of the monotonic clock that was seen
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef __riscv

static const char architecture[] = "riscv64";

static int has_vector(void) { return (getauxval(AT_HWCAP) >> ('v' - 'a') & 1) != 0; }

static unsigned long vector_bytes(void) {
  unsigned long bytes;
  /* csrr vlenb, by number: the assembler need not know the extension. */
  __asm__ volatile("csrr %0, 0xc22" : "=r"(bytes));
  return bytes;
}

/* Bits of RISCV_HWPROBE_KEY_IMA_EXT_0; numbers of the kernel's interface, older headers lack the names. */
static const struct {
  unsigned bit;
  const char *name;
} extensions[] = {{2, "v"},    {3, "zba"},   {4, "zbb"},     {5, "zbs"},    {7, "zbc"},   {17, "zvbb"},   {19, "zvkb"},
                  {27, "zfh"}, {28, "zfhmin"}, {30, "zvfh"}, {31, "zvfhmin"}, {32, "zfa"}, {35, "zicond"}};

static void print_extensions(void) {
  struct {
    int64_t key;
    uint64_t value;
  } pair = {4, 0};
  if (syscall(258, &pair, (size_t)1, (size_t)0, NULL, 0U) != 0 || pair.key != 4) return;
  const char *separator = "extensions=";
  for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
    if ((pair.value >> extensions[i].bit & 1) == 0) continue;
    printf("%s%s", separator, extensions[i].name);
    separator = " ";
  }
  if (*separator == ' ') putchar('\n');
}

#else

static const char architecture[] = "other";
static int has_vector(void) { return 0; }
static unsigned long vector_bytes(void) { return 0; }
static void print_extensions(void) {}

#endif

static const char *cycle_counter(void) {
  struct perf_event_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_HARDWARE;
  attr.config = PERF_COUNT_HW_CPU_CYCLES;
  attr.exclude_kernel = 1;
  attr.exclude_hv = 1;
  const long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0UL);
  if (fd < 0) return strerror(errno);
  close((int)fd);
  return "perf_event";
}

static long timer_step(void) {
  long smallest = 1000000000;
  struct timespec last;
  clock_gettime(CLOCK_MONOTONIC, &last);
  for (int i = 0; i < 10000; i++) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const long step = (now.tv_sec - last.tv_sec) * 1000000000L + now.tv_nsec - last.tv_nsec;
    if (step > 0 && step < smallest) smallest = step;
    last = now;
  }
  return smallest;
}

int main(void) {
  const int vector = has_vector();
  printf("architecture=%s\nvector=%s\nvlen=%lu\n", architecture, vector ? "yes" : "no",
         vector ? 8 * vector_bytes() : 0UL);
  print_extensions();
  printf("cycles=%s\ntimer=%ld\n", cycle_counter(), timer_step());
  return 0;
}
