#ifndef AIT_PITCH_H
#define AIT_PITCH_H

#include <stddef.h>
#include <string.h>

/*
 * Channel-major pictures whose rows lie on a pitch, with zeros between them. Rows and columns are dealt by parity to
 * phases · phases planes (phases: 1 or 2). In a plane, column w of row h of picture n is number (n · height + h) · width + w,
 * w < inner_width, h < inner_height. Number 0 is `lead` elements behind the beginning of its plane, planes are `plane`
 * elements apart, channels `channel`. Behind the last of `channels` channels there are another `lead` elements. All elements
 * that belong to no picture are zeros.
 */
struct ait_pitch {
  size_t width, height, inner_width, inner_height;
  size_t lead, positions, plane, channel, channels;
  size_t phases;
};

/* Element of channel 0: row h, column w of picture n. */
static inline size_t ait_pitched(const struct ait_pitch *at, size_t n, size_t h, size_t w) {
  const size_t plane = at->phases == 1 ? 0 : h % 2 * 2 + w % 2;
  return plane * at->plane + at->lead + (n * at->height + h / at->phases) * at->width + w / at->phases;
}

/* Zeros for `count` elements, of which there is often one. */
static inline void ait_clear(float *to, size_t count) {
  if (count == 1) *to = 0;
  else memset(to, 0, count * sizeof *to);
}

/*
 * Zeros in `channels` channels for those of the numbers [first, last) of a plane that belong to no picture. `plane`: number 0 of
 * the first one.
 */
static inline void ait_clear_gaps(const struct ait_pitch *at, float *plane, size_t channels, size_t first, size_t last) {
  for (size_t row = first / at->width; row * at->width < last; row++) {
    size_t from = row * at->width + (row % at->height < at->inner_height ? at->inner_width : 0);
    size_t end = (row + 1) * at->width;
    if (from < first) from = first;
    if (end > last) end = last;
    for (size_t c = 0; c < channels && from < end; c++) ait_clear(plane + c * at->channel + from, end - from);
  }
}

/* Zeros before number 0 of every plane of a channel and behind the last one of each. */
static inline void ait_clear_edges(const struct ait_pitch *at, float *tensor, size_t channel) {
  float *plane = tensor + channel * at->channel;
  float *end = plane + at->channel + (channel + 1 == at->channels ? at->lead : 0);
  for (size_t p = 0; p < at->phases * at->phases; p++, plane += at->plane) {
    float *behind = plane + at->lead + at->positions;
    float *next = p + 1 < at->phases * at->phases ? plane + at->plane : end;
    ait_clear(plane, at->lead);
    ait_clear(behind, (size_t)(next - behind));
  }
}

/*
 * Zeros around rows [first, first + rows) of picture n in a channel of one plane: behind each of them, behind the picture if they
 * are its last ones, and at the edges of the channel if they are the first of all.
 */
static inline void ait_clear_around(const struct ait_pitch *at, float *tensor, size_t channel, size_t n, size_t first,
                                    size_t rows) {
  const size_t row = n * at->height + first;
  const size_t end = (first + rows == at->inner_height ? (n + 1) * at->height : row + rows) * at->width;
  if (row == 0) ait_clear_edges(at, tensor, channel);
  ait_clear_gaps(at, tensor + channel * at->channel + at->lead, 1, row * at->width, end < at->positions ? end : at->positions);
}

/* Zeros for all elements of a channel that belong to no picture. */
static inline void ait_clear_channel(const struct ait_pitch *at, float *tensor, size_t channel) {
  float *plane = tensor + channel * at->channel + at->lead;
  ait_clear_edges(at, tensor, channel);
  for (size_t p = 0; p < at->phases * at->phases; p++) ait_clear_gaps(at, plane + p * at->plane, 1, 0, at->positions);
}

#endif
