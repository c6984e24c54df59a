import { resample, scan, tensorI64, topk, type DType } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';

const NUMBERS = ['f32', 'f64', 'i8', 'u8', 'u16', 'i32', 'i64'] as const satisfies readonly DType[];

/** What works line by line: the best elements, running sums, weighted sums. */
export const lineWalks = new CaseGraph('line walks');
for (const dtype of NUMBERS) {
  for (const mode of ['max', 'min'] as const) {
    for (const axis of [1, 2]) {
      for (const [k, last] of [
        [1, true],
        [1, false],
        [5, false],
      ] as const) {
        const name = `topk ${mode} ${dtype}, ${k} along ${axis}${last ? ', the last' : ''}`;
        const [best, at] = lineWalks.builder.add(
          topk,
          [lineWalks.input([3, 8, 37], dtype)],
          { axis, k, mode, last },
          { name },
        );
        lineWalks.case(name, best ?? -1);
        lineWalks.case(`${name}: indices`, at ?? -1);
      }
    }
  }
  for (const exclusive of [false, true]) {
    for (const reverse of [false, true]) {
      for (const axis of [0, 2]) {
        const name = `scan ${dtype} along ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`;
        lineWalks.case(
          name,
          lineWalks.builder.apply(scan, [lineWalks.input([5, 3, 41], dtype)], { axis, exclusive, reverse }, { name }),
        );
      }
    }
  }
}
const tapsOf = (extent: number, from: number, taps: number) =>
  tensorI64(
    [taps, extent],
    Array.from({ length: taps * extent }, (_, i) => (i * 7) % from),
  );
for (const [shape, axis, taps, extent] of [
  [[2, 3, 9, 11], 2, 2, 17],
  [[2, 3, 9, 11], 3, 4, 70],
  [[5], 0, 3, 300],
  [[1, 4, 3, 300], 2, 2, 5],
] as const) {
  const name = `resample [${shape.join()}] along ${axis}`;
  const indices = lineWalks.builder.constant(`${name}: indices`, tapsOf(extent, shape[axis] ?? 1, taps));
  const inputs = [lineWalks.input(shape), indices, lineWalks.constant([taps, extent])];
  lineWalks.case(name, lineWalks.builder.apply(resample, inputs, { axis }, { name }));
}

const none = lineWalks.builder.add(
  topk,
  [lineWalks.input([3, 4])],
  { axis: 1, k: 0, mode: 'max', last: false },
  { name: 'none' },
);
lineWalks.case('the best none', none[0] ?? -1);
const empty = { axis: 1, exclusive: false, reverse: false };
lineWalks.case(
  'sums of nothing',
  lineWalks.builder.apply(scan, [lineWalks.input([3, 0, 2])], empty, { name: 'empty' }),
);
