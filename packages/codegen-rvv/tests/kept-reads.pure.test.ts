import { considerKernels, lower, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { RandomSource } from '@ait-rvv/ir/weights';
import { conv2d, type ColumnNMEncoding, type Conv2dAttrs, type Shape, type ValueId } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { someColumns } from '../../../tools/testing/cases/case-graph.js';
import { keptReads, packReads, type KeptReads } from '../src/kept-reads.js';
import { CaseGraph } from './kernels/case-graph.js';

/** A weight of two mask tiles a group, each of which keeps `kept` columns. */
function weightOf(groups: number, depth: number, kept: number): ColumnNMEncoding {
  const random = new RandomSource(7);
  const columns = Uint32Array.from(Array.from({ length: 2 * groups }, () => someColumns(random, depth, kept)).flat());
  const values = { dtype: 'f32', shape: [4 * groups, kept], data: new Float32Array(4 * groups * kept) } as const;
  return { kind: 'columnNM', n: kept, m: depth, tileRows: 2, rowAxis: 0, values, columns };
}

/** Every list, decoded: the group, the line, and the items it leads to. */
function listsOf(ways: readonly KeptReads[], depth: number, kBlock: number, pitch: number) {
  const bytes = packReads('w', ways, { depth, kBlock, pitch }).pack();
  const packed = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const blocks = Math.ceil(depth / kBlock);
  const lists: { group: number; block: number; way: number; items: number[] }[] = [];
  let at = 0;
  for (let place = 0; place < (ways[0]?.groups ?? 0) * blocks; place++) {
    for (const [way, { lines, channels }] of ways.entries()) {
      for (let line = 0; line < lines; line++, at++) {
        const list = Array.from(packed.subarray(packed[at], packed[at + 1]));
        const items = list.map((element) => line * channels + element / pitch);
        lists.push({ group: Math.floor(place / blocks), block: place % blocks, way, items });
      }
    }
  }
  expect(packed[at], 'the last list ends with the array').toBe(packed.length);
  return lists;
}

describe('lists of what is packed', () => {
  const [groups, channels, kernel] = [3, 10, 3];
  const depth = channels * kernel * kernel;
  const weight = weightOf(groups, depth, 17);
  const shape = { groups, rows: 4, channels };
  const columns = keptReads(weight, { ...shape, lines: kernel * kernel, taps: 1 });
  const windows = keptReads(weight, { ...shape, lines: kernel, taps: kernel });
  const kept = (group: number): number[] => {
    const own = weight.columns.subarray(group * 2 * 17, (group + 1) * 2 * 17);
    return [...new Set(own)].sort((a, b) => a - b);
  };

  test.each([depth, 45, 30, 23, 7])('have every column that some tile keeps, once: K blocks of %i', (kBlock) => {
    const lists = listsOf([columns], depth, kBlock, 5);
    for (let group = 0; group < groups; group++) {
      const own = lists.filter((list) => list.group === group);
      expect(own.flatMap(({ items }) => items)).toEqual(kept(group));
      for (const { block, items } of own) expect(items.every((item) => Math.floor(item / kBlock) === block)).toBe(true);
    }
  });

  test.each([depth, 60, 30])('have the channels of kernel rows that some tap is kept of: K blocks of %i', (kBlock) => {
    const lists = listsOf([columns, windows], depth, kBlock, 4);
    for (let group = 0; group < groups; group++) {
      const of = (way: number): number[] =>
        lists.filter((list) => list.group === group && list.way === way).flatMap(({ items }) => items);
      const rows = kept(group).map((column) => Math.floor(column / channels / kernel) * channels + (column % channels));
      expect(of(0)).toEqual(kept(group));
      expect(of(1)).toEqual([...new Set(rows)].sort((a, b) => a - b));
    }
  });

  test('say how much is packed, and where each column lies then', () => {
    const all = Array.from({ length: groups }, (_, group) => kept(group));
    expect(columns.share).toBeCloseTo(all.flat().length / (groups * depth), 12);
    for (const [group, own] of all.entries()) {
      expect(own.map((column) => columns.below(group, column))).toEqual(own.map((_, index) => index));
    }
  });
});

describe('kernels that leave out what no tile keeps', () => {
  const SAME: Conv2dAttrs = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1, epilogue: [] };

  function offered(shape: Shape, weight: (cases: CaseGraph) => ValueId) {
    const cases = new CaseGraph('kept');
    cases.case('y', cases.builder.apply(conv2d, [cases.input(shape), weight(cases)], SAME, { name: 'layer' }));
    const backend = rvvBackend();
    const graph = lower(cases.build(), backend);
    const node = graph.nodes.find(({ name }) => name === 'layer');
    if (node === undefined) throw new Error('no node');
    const answers = new Map(considerKernels(graph, node, backend).map((answer) => [answer.kernel, answer]));
    return { answers, chosen: selectKernels(graph, backend).get(node)?.kernel };
  }

  test.each(['conv_gemm_kept', 'conv_mec_kept'])('are refused where there is nothing to leave out: %s', (kernel) => {
    const image = [1, 16, 12, 40];
    const dense = offered(image, (cases) => cases.constant([32, 16, 3, 3]));
    expect(dense.answers.get(kernel)?.refusal).toBe('its weight keeps every column');
    const full = offered(image, (cases) => cases.pruned([32, 16, 3, 3], { tileRows: 2, kept: 72 }));
    expect(full.answers.get(kernel)?.refusal).toBe('nearly all that is packed is kept by some tile');
  });

  test('are chosen where few rows keep few columns', () => {
    const { chosen } = offered([1, 64, 14, 14], (cases) => cases.pruned([14, 64, 3, 3], { tileRows: 14, kept: 58 }));
    expect(chosen).toBe('conv_gemm_kept');
  });

  test('pack no more than others, and in larger K blocks', () => {
    const image = [1, 128, 14, 14];
    const { answers } = offered(image, (cases) => cases.pruned([28, 128, 3, 3], { tileRows: 14, kept: 288 }));
    const blockOf = (kernel: string): number =>
      Math.max(...(answers.get(kernel)?.candidates ?? []).map(({ parameters }) => Number(parameters['kBlock'])));
    expect(blockOf('conv_gemm_kept')).toBeGreaterThan(blockOf('conv_gemm'));
  });
});
