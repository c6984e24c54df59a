/* Uses a model the way an application does. The first argument names the check; prints numbers for the test to judge. */
#include "net.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef COUNT_ALLOCATIONS
static atomic_size_t allocations;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *malloc(size_t bytes) {
  allocations++;
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  allocations++;
  return __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes) {
  allocations++;
  return __libc_realloc(old, bytes);
}
#endif

/* Kilobytes of a line of /proc/self/status such as VmHWM. */
static long memory(const char *line) {
  FILE *file = fopen("/proc/self/status", "r");
  char text[256];
  long value = -1;
  while (file != NULL && fgets(text, sizeof text, file) != NULL) {
    if (strncmp(text, line, strlen(line)) == 0) value = strtol(text + strlen(line) + 1, NULL, 10);
  }
  if (file != NULL) fclose(file);
  return value;
}

static struct net *create(const char *weights, size_t threads) {
  const struct ait_options options = {.weights_path = weights, .threads = threads};
  struct net *model = NULL;
  const enum ait_status status = net_create(&options, &model);
  if (status != AIT_OK) {
    printf("create: %s\n", ait_status_text(status));
    exit(1);
  }
  return model;
}

static void *buffer(size_t bytes, size_t shift) { return (char *)aligned_alloc(64, (bytes + 128) / 64 * 64) + shift; }

/* The output for the input that `seed` makes, in buffers `shift` bytes off their alignment. */
static float *infer(struct net *model, unsigned seed, size_t shift) {
  const size_t in = net_input(0)->bytes, out = net_output(0)->bytes;
  unsigned char *x = buffer(in, shift), *y = buffer(out, shift);
  for (size_t i = 0; i < in / 4; i++) {
    const float value = (float)((seed = seed * 1664525U + 1013904223U) >> 8) / (1 << 23) - 1;
    memcpy(x + 4 * i, &value, 4);
  }
  const void *inputs[] = {x};
  void *outputs[] = {y};
  if (net_run(model, inputs, outputs) != AIT_OK) exit(1);
  float *result = malloc(out);
  memcpy(result, y, out);
  free(x - shift);
  free(y - shift);
  return result;
}

static int same(const float *a, const float *b) { return memcmp(a, b, net_output(0)->bytes) == 0; }

struct job {
  const char *weights;
  const float *expected;
  unsigned seed;
  size_t threads;
  int agrees;
};

static void *run_job(void *argument) {
  struct job *job = argument;
  struct net *model = create(job->weights, job->threads);
  job->agrees = 1;
  for (int i = 0; i < 10; i++) {
    float *output = infer(model, job->seed, 0);
    job->agrees &= same(output, job->expected);
    free(output);
  }
  net_destroy(model);
  return NULL;
}

/* Several instances at once, each in a thread of its own and with a team of its own. */
static int check_instances(const char *weights) {
  struct job jobs[4];
  pthread_t threads[4];
  struct net *model = create(weights, 1);
  for (unsigned i = 0; i < 4; i++) {
    const struct job job = {weights, infer(model, i + 1, 0), i + 1, i % 3 + 1, 0};
    jobs[i] = job;
  }
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, run_job, &jobs[i]);
  int agree = 1;
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
    agree &= jobs[i].agrees;
    free((void *)jobs[i].expected);
  }
  net_destroy(model);
  printf("%s\n", agree ? "agree" : "differ");
  return 0;
}

static int check_misaligned(const char *weights) {
  struct net *model = create(weights, 2);
  float *expected = infer(model, 5, 0);
  for (size_t shift = 1; shift < 8; shift++) {
    float *output = infer(model, 5, shift);
    printf("%d", same(output, expected));
    free(output);
  }
  puts("");
  free(expected);
  net_destroy(model);
  return 0;
}

static int check_flat(const char *weights) {
  struct net *model = create(weights, 2);
  /* The C library's own pools and the threads' stacks settle first. */
  for (unsigned i = 0; i < 100; i++) free(infer(model, i, 0));
  const long before = memory("VmRSS:");
  for (unsigned i = 0; i < 1000; i++) free(infer(model, i, 0));
  printf("%ld\n", memory("VmRSS:") - before);
  net_destroy(model);
  return 0;
}

static int check_create_destroy(const char *weights) {
  for (int i = 0; i < 200; i++) {
    struct net *model = create(weights, (size_t)i % 3 + 1);
    if (i % 10 == 0) free(infer(model, 1, 0));
    net_destroy(model);
  }
  puts("done");
  return 0;
}

#ifdef COUNT_ALLOCATIONS
static int check_allocations(const char *weights) {
  struct net *model = create(weights, 3);
  void *x = calloc(1, net_input(0)->bytes), *y = calloc(1, net_output(0)->bytes);
  const void *inputs[] = {x};
  void *outputs[] = {y};
  net_run(model, inputs, outputs);
  const size_t before = allocations;
  for (int i = 0; i < 20; i++) net_run(model, inputs, outputs);
  printf("%zu\n", (size_t)allocations - before);
  free(x);
  free(y);
  net_destroy(model);
  return 0;
}
#endif

/* Private and shared kilobytes of the mappings of weights.bin while two instances hold it. */
static int check_shared(const char *weights) {
  struct net *a = create(weights, 1), *b = create(weights, 1);
  free(infer(a, 1, 0));
  free(infer(b, 1, 0));
  FILE *file = fopen("/proc/self/smaps", "r");
  char line[512];
  int mine = 0;
  long mappings = 0, dirty = 0;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strchr(line, '-') != NULL && strchr(line, ':') != NULL && strstr(line, "kB") == NULL) {
      mine = strstr(line, "weights.bin") != NULL;
      mappings += mine;
    }
    if (mine && strncmp(line, "Private_Dirty:", 14) == 0) dirty += strtol(line + 14, NULL, 10);
  }
  if (file != NULL) fclose(file);
  printf("%ld mappings, %ld kB of their own\n", mappings, dirty);
  net_destroy(a);
  net_destroy(b);
  return 0;
}

static int check_peak(const char *weights) {
  struct net *model = create(weights, 1);
  const struct ait_memory held = net_memory(model);
  void *x = calloc(1, net_input(0)->bytes), *y = calloc(1, net_output(0)->bytes);
  const void *inputs[] = {x};
  void *outputs[] = {y};
  net_run(model, inputs, outputs);
  printf("%ld %zu\n", memory("VmHWM:"), (held.weights + held.arena) / 1024);
  free(x);
  free(y);
  net_destroy(model);
  return 0;
}

static int check_errors(const char *weights) {
  struct net *model = (struct net *)&model;
  const struct ait_options missing = {.weights_path = "/nonexistent/weights.bin", .threads = 1};
  const struct ait_options folder = {.weights_path = "/", .threads = 1};
  printf("%s\n", ait_status_text(net_create(NULL, NULL)));
  const enum ait_status status = net_create(&missing, &model);
  printf("%s, %s\n", ait_status_text(status), model == NULL ? "NULL" : "kept");
  printf("%s\n", ait_status_text(net_create(&folder, &model)));
  model = create(weights, 1);
  const void *inputs[] = {NULL};
  void *outputs[] = {NULL};
  printf("%s\n", ait_status_text(net_run(model, NULL, outputs)));
  printf("%s\n", ait_status_text(net_run(model, inputs, outputs)));
  printf("%d %d\n", net_input(1) == NULL, net_output(99) == NULL);
  printf("%s %s %zu\n", net_input(0)->name, net_input(0)->dtype, net_input(0)->rank);
  net_destroy(model);
  net_destroy(NULL);
  return 0;
}

int main(int argc, char **argv) {
  const struct {
    const char *name;
    int (*check)(const char *weights);
  } checks[] = {
      {"instances", check_instances}, {"misaligned", check_misaligned}, {"flat", check_flat},
      {"create-destroy", check_create_destroy}, {"shared", check_shared}, {"peak", check_peak},
      {"errors", check_errors},
#ifdef COUNT_ALLOCATIONS
      {"allocations", check_allocations},
#endif
  };
  for (size_t i = 0; argc == 3 && i < sizeof checks / sizeof *checks; i++) {
    if (strcmp(argv[1], checks[i].name) == 0) return checks[i].check(strcmp(argv[2], "-") == 0 ? NULL : argv[2]);
  }
  return 2;
}
