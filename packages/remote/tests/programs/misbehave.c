/*
 * A program that does what its own name says, whatever its arguments are:
 *
 *   echo   prints its arguments, a line each
 *   hang   starts another process, says "started", and does nothing for a long time
 *   crash  reads from nowhere
 *   flood  prints 80 MB
 *   steps  prints samples as a compiled program does with --samples, one every 100 ms, as many as --iterations says
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void pause_for(long milliseconds) {
  const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static int hang(void) {
  puts("started");
  fflush(stdout);
  fork();
  for (;;) pause_for(1000);
}

static int crash(void) {
  puts("before");
  fflush(stdout);
  volatile int *nowhere = NULL;
  return *nowhere;
}

static int flood(void) {
  char line[1024];
  memset(line, 'x', sizeof line - 1);
  line[sizeof line - 1] = '\n';
  for (int i = 0; i < 80 * 1024; i++) fwrite(line, 1, sizeof line, stdout);
  return 0;
}

static int steps(int argc, char **argv) {
  int count = 1;
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--iterations") == 0) count = atoi(argv[i + 1]);
  }
  puts("{\"counter\":\"none here\"}");
  for (int i = 0; i < count; i++) {
    pause_for(100);
    printf("{\"sample\":%d,\"nanoseconds\":%d}\n", i, 1000000 + i);
    fflush(stdout);
  }
  puts("{\"schemaVersion\":1,\"nanoseconds\":{\"min\":1000000},\"memory\":{}}");
  return 0;
}

int main(int argc, char **argv) {
  const char *name = strrchr(argv[0], '/');
  name = name == NULL ? argv[0] : name + 1;
  if (strcmp(name, "hang") == 0) return hang();
  if (strcmp(name, "crash") == 0) return crash();
  if (strcmp(name, "flood") == 0) return flood();
  if (strcmp(name, "steps") == 0) return steps(argc, argv);
  for (int i = 1; i < argc; i++) puts(argv[i]);
  return 0;
}
