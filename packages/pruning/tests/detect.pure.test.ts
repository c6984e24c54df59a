import { decodeWeight, typeOf, weightView, type RowAxis, type Tensor } from '@ait-rvv/ir';
import { detectColumns, encodeColumns, keptColumns, scoreColumns, selectColumns } from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { bits, Draw, forAll } from './generators.js';

interface Canonical {
  readonly kept: number;
  readonly tileRows: number;
  readonly n: number;
  readonly m: number;
}

/** Columns that some row of the tile has. */
function needed(tensor: Tensor, rowAxis: RowAxis, first: number, tileRows: number): number[] {
  const { rows, depth, index } = weightView(tensor.shape, rowAxis);
  const columns: number[] = [];
  for (let column = 0; column < depth; column++) {
    for (let row = first; row < Math.min(rows, first + tileRows); row++) {
      if (bits(tensor)[index(row, column)] !== 0) {
        columns.push(column);
        break;
      }
    }
  }
  return columns;
}

/** The canonical answer by trying everything: largest T, then smallest M. */
function searchEverything(tensor: Tensor, rowAxis: RowAxis, groups: number): Canonical | undefined {
  const { rows, depth } = weightView(tensor.shape, rowAxis);
  const tilesOf = (tileRows: number): number[][] =>
    Array.from({ length: Math.ceil(rows / tileRows) }, (_, tile) => needed(tensor, rowAxis, tile * tileRows, tileRows));
  const keptBy = (tileRows: number): number => Math.max(1, ...tilesOf(tileRows).map((columns) => columns.length));
  const least = keptBy(1);
  if (least === depth) return undefined;
  for (let tileRows = rows / groups; tileRows >= 1; tileRows--) {
    if (groups > 1 && (rows / groups) % tileRows !== 0) continue;
    if (keptBy(tileRows) !== least) continue;
    for (let m = 1; m <= depth; m++) {
      for (let n = 1; n <= m; n++) {
        if (keptColumns({ n, m }, depth) !== least) continue;
        const fits = tilesOf(tileRows).every((columns) => {
          for (let begin = 0; begin < depth; begin += m) {
            const length = Math.min(m, depth - begin);
            const have = columns.filter((column) => column >= begin && column < begin + length).length;
            if (have > (length === m ? n : Math.ceil((length * n) / m))) return false;
          }
          return true;
        });
        if (fits) return { kept: least, tileRows, n, m };
      }
    }
  }
  return undefined;
}

/** A weight without zeros, pruned. */
function pruned(
  draw: Draw,
  { tensor, rowAxis } = draw.weight(),
): { tensor: Tensor; rowAxis: RowAxis; tileRows: number } {
  const { depth } = weightView(tensor.shape, rowAxis);
  const tileRows = draw.whole(1, 9);
  const m = draw.whole(1, depth);
  const sparsity = { n: draw.whole(1, m), m };
  const table = scoreColumns(tensor.data as Float32Array, { shape: tensor.shape, rowAxis, tileRows }, 'l1');
  const encoding = encodeColumns(tensor, { ...sparsity, rowAxis, tileRows, columns: selectColumns(table, sparsity) });
  return { tensor: decodeWeight(encoding, typeOf(tensor)), rowAxis, tileRows };
}

/** The weight with some elements zeroed at random, or of a kind that only bits tell apart. */
function disturbed(draw: Draw, tensor: Tensor): Tensor {
  const data = (tensor.data as Float32Array).map((value) => {
    if (draw.chance(0.1)) return 0;
    return draw.chance(0.02) ? draw.one([-0, NaN, Infinity, 1e-42]) : value;
  });
  return { ...tensor, data };
}

describe('detection', () => {
  test('gives a pruned weight back bit for bit, with what its mask kept', () => {
    forAll(300, (draw) => {
      const { tensor, rowAxis } = pruned(draw);
      const found = detectColumns(tensor, rowAxis);
      if (found === undefined)
        expect(needed(tensor, rowAxis, 0, 1).length).toBe(weightView(tensor.shape, rowAxis).depth);
      else expect(bits(decodeWeight(found, typeOf(tensor)))).toEqual(bits(tensor));
    });
  });

  test.each([
    [4, 2, 4],
    [8, 1, 4],
    [7, 3, 36],
    [14, 18, 36],
    [1, 1, 2],
  ])('finds T = %i and %i:%i of a mask', (tileRows, n, m) => {
    const weight = new Draw(5).tensor([56, 4, 3, 3]);
    const table = scoreColumns(weight.data as Float32Array, { shape: weight.shape, rowAxis: 0, tileRows }, 'l1');
    const columns = selectColumns(table, { n, m });
    const encoding = encodeColumns(weight, { n, m, tileRows, rowAxis: 0, columns });
    expect(detectColumns(decodeWeight(encoding, typeOf(weight)), 0)).toEqual(encoding);
  });

  test('answers the largest T, then the smallest M, whatever the zeros', () => {
    let structured = 0;
    forAll(250, (draw) => {
      const { tensor: clean, rowAxis } = pruned(draw);
      const tensor = draw.chance(0.5) ? clean : disturbed(draw, clean);
      const found = detectColumns(tensor, rowAxis);
      const expected = searchEverything(tensor, rowAxis, 1);
      expect(found === undefined).toBe(expected === undefined);
      if (found === undefined || expected === undefined) return;
      structured++;
      const { n, m, tileRows, values } = found;
      expect({ n, m, tileRows, kept: values.shape[1] }).toEqual(expected);
      expect(bits(decodeWeight(found, typeOf(tensor)))).toEqual(bits(tensor));
    });
    expect(structured).toBeGreaterThan(100);
  });

  test('is idempotent', () => {
    forAll(200, (draw) => {
      const { tensor, rowAxis } = pruned(draw);
      const found = detectColumns(tensor, rowAxis);
      if (found !== undefined) expect(detectColumns(decodeWeight(found, typeOf(tensor)), rowAxis)).toEqual(found);
    });
  });

  test('never lets a tile reach across the groups of a convolution', () => {
    forAll(150, (draw) => {
      const groups = draw.one([2, 3, 4]);
      const shape = [groups * draw.whole(1, 8), draw.whole(1, 4), draw.whole(1, 3), draw.whole(1, 3)];
      const { tensor } = pruned(draw, { tensor: draw.tensor(shape), rowAxis: 0 });
      const found = detectColumns(tensor, 0, groups);
      const expected = searchEverything(tensor, 0, groups);
      expect(found?.tileRows).toBe(expected?.tileRows);
      if (found !== undefined) expect(((shape[0] ?? 0) / groups) % found.tileRows).toBe(0);
    });
  });

  test('a dense weight has none, a weight of zeros keeps one column', () => {
    expect(detectColumns({ dtype: 'f32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, 0)).toBeUndefined();
    const zeros = { dtype: 'f32', shape: [5, 4], data: new Float32Array(20) } as const;
    expect(detectColumns(zeros, 0)).toMatchObject({ n: 1, m: 4, tileRows: 5 });
  });

  test('−0 is a value', () => {
    const tensor = { dtype: 'f32', shape: [1, 4], data: Float32Array.of(-0, 0, 1, 0) } as const;
    const found = detectColumns(tensor, 0);
    expect([...(found?.columns ?? [])]).toEqual([0, 2]);
    expect(bits(decodeWeight(found ?? { kind: 'dense', tensor }, typeOf(tensor)))).toEqual(bits(tensor));
  });
});
