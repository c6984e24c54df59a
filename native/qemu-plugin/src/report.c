#include "report.h"

#include <string.h>

/* Numbers of the variants that appear in the report. */
struct used {
  struct ait_paged variants;
};

struct printer {
  FILE *out;
  struct used used;
  int first;
};

static const char *separator(struct printer *printer) {
  const int first = printer->first;
  printer->first = 0;
  return first ? "" : ",";
}

static void visit_edges(const struct ait_record *record, void (*visit)(uint32_t from, const struct ait_edge *edge, void *),
                        void *data) {
  for (size_t from = 0; from < ait_paged_end(&record->successors); from++) {
    const struct ait_successors *to = ait_paged_find(&record->successors, from);
    if (to == NULL) continue;
    for (int i = 0; i < 2; i++) {
      if (to->near[i].count > 0) visit((uint32_t)from, &to->near[i], data);
    }
    for (uint32_t i = 0; i < to->far_count; i++) visit((uint32_t)from, &to->far[i], data);
  }
}

static void mark_used(uint32_t from, const struct ait_edge *edge, void *data) {
  struct printer *printer = data;
  *(char *)ait_paged_at(&printer->used.variants, from) = 1;
  *(char *)ait_paged_at(&printer->used.variants, edge->to) = 1;
}

static int is_used(const struct printer *printer, const struct ait_variant *variant) {
  const char *flag = ait_paged_find(&printer->used.variants, variant->id);
  return flag != NULL && *flag;
}

static void print_edge(uint32_t from, const struct ait_edge *edge, void *data) {
  struct printer *printer = data;
  fprintf(printer->out, "%s[%u,%u,%llu]", separator(printer), from, edge->to, (unsigned long long)edge->count);
}

static void print_block(const struct ait_block *block, void *data) {
  struct printer *printer = data;
  int used = 0;
  for (const struct ait_variant *variant = block->variants; variant != NULL; variant = variant->next) {
    used |= is_used(printer, variant);
  }
  if (!used) return;
  fprintf(printer->out, "%s\n{\"id\":%u,\"address\":%llu,\"words\":[", separator(printer), block->id,
          (unsigned long long)block->address);
  for (size_t i = 0; i < block->count; i++) fprintf(printer->out, "%s%u", i == 0 ? "" : ",", block->word[i]);
  fprintf(printer->out, "],\"classes\":[");
  for (size_t i = 0; i < block->count; i++) fprintf(printer->out, "%s%u", i == 0 ? "" : ",", block->class[i]);
  fprintf(printer->out, "],\"variants\":[");
  const char *between = "";
  for (const struct ait_variant *variant = block->variants; variant != NULL; variant = variant->next) {
    const long long type = variant->type == AIT_UNKNOWN_TYPE ? -1 : (long long)variant->type;
    if (is_used(printer, variant)) fprintf(printer->out, "%s[%u,%lld]", between, variant->id, type), between = ",";
  }
  fprintf(printer->out, "]}");
}

static void print_events(struct printer *printer, const struct ait_record *record) {
  printer->first = 1;
  for (size_t block = 0; block < ait_paged_end(&record->events); block++) {
    static const struct ait_events NONE;
    const struct ait_events *events = ait_paged_find(&record->events, block);
    if (events == NULL || memcmp(events, &NONE, sizeof NONE) == 0) continue;
    fprintf(printer->out, "%s[%zu", separator(printer), block);
    for (size_t i = 0; i < AIT_EVENT_COUNT; i++) fprintf(printer->out, ",%llu", (unsigned long long)events->count[i]);
    fprintf(printer->out, "]");
  }
}

static int is_empty(const struct ait_record *record) { return record->successors.pages == 0; }

/* Calls `visit` for every place the report is about. */
static void each_place(const struct ait_thread *thread, int marked, void (*visit)(size_t, const struct ait_record *, void *),
                       void *data) {
  const size_t first = marked ? AIT_INSIDE : AIT_OUTSIDE;
  const size_t end = marked ? ait_paged_end(&thread->records) : AIT_OUTSIDE + 1;
  for (size_t place = first; place < end; place++) {
    const struct ait_record *record = ait_paged_find(&thread->records, place);
    if (record != NULL && !is_empty(record)) visit(place, record, data);
  }
}

static void mark_place(size_t place, const struct ait_record *record, void *data) {
  (void)place;
  visit_edges(record, mark_used, data);
}

static void print_place(size_t place, const struct ait_record *record, void *data) {
  struct printer *printer = data;
  fprintf(printer->out, "%s\n{\"step\":", separator(printer));
  if (place < AIT_FIRST_STEP) fprintf(printer->out, "null");
  else fprintf(printer->out, "%zu", place - AIT_FIRST_STEP);
  fprintf(printer->out, ",\"edges\":[");
  printer->first = 1;
  visit_edges(record, print_edge, printer);
  fprintf(printer->out, "],\"events\":[");
  print_events(printer, record);
  fprintf(printer->out, "]}");
  printer->first = 0;
}

void ait_report_write(FILE *out, unsigned vlen, int marked, struct ait_thread *const *threads, size_t thread_count) {
  struct printer printer = {.out = out, .used = {.variants = {.record_bytes = 1}}, .first = 1};
  for (size_t i = 0; i < thread_count; i++) {
    if (threads[i] != NULL) each_place(threads[i], marked, mark_place, &printer);
  }
  fprintf(out, "{\"schemaVersion\":1,\"vlen\":%u,\"region\":\"%s\",\"blocks\":[", vlen, marked ? "markers" : "program");
  ait_each_block(print_block, &printer);
  fprintf(out, "],\"threads\":[");
  const char *between = "";
  for (size_t i = 0; i < thread_count; i++) {
    if (threads[i] == NULL) continue;
    fprintf(out, "%s\n{\"index\":%zu,\"places\":[", between, i);
    printer.first = 1;
    each_place(threads[i], marked, print_place, &printer);
    fprintf(out, "]}");
    between = ",";
  }
  fprintf(out, "]}\n");
}
