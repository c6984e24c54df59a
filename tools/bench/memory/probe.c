/* In place of a program's main: makes an instance, prints the bytes it holds, and runs nothing. */
#include <stdio.h>

#include "ait/status.h"
#include "net.h"

int main(void) {
  const struct ait_options options = {.weights_path = "weights.bin", .threads = 1};
  struct net *model;
  const enum ait_status status = net_create(&options, &model);
  if (status != AIT_OK) {
    fprintf(stderr, "%s\n", ait_status_text(status));
    return 1;
  }
  const struct ait_memory memory = net_memory(model);
  printf("{\"weights\":%zu,\"arena\":%zu,\"scratch\":%zu}\n", memory.weights, memory.arena, memory.scratch);
  net_destroy(model);
  return 0;
}
