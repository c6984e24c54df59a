import { decodeWeight, typeOf, weightView, type RowAxis, type Tensor } from '@ait-rvv/ir';
import {
  encodeColumns,
  fitsTile,
  keptColumns,
  keptOf,
  parseRatio,
  retainedShare,
  retile,
  scoreColumns,
  selectColumns,
  sparsityFor,
  type Sparsity,
} from '@ait-rvv/pruning';
import { describe, expect, test } from 'vitest';
import { ratioDropping } from '../src/columns/ratio.js';
import { bits, forAll, type Draw } from './generators.js';

function ratio(text: number | string) {
  const parsed = parseRatio(text);
  if (parsed === undefined) throw new Error(`${text} is no ratio`);
  return parsed;
}

describe('counts', () => {
  test.each([
    ['0.7', 10, 3],
    [0.7, 10, 3],
    ['0.1', 10, 9],
    ['0.29', 100, 71],
    ['0.57', 100, 43],
    ['0', 10, 10],
    ['0.99', 10, 1],
    ['0.5', 1, 1],
    ['0.5', 5, 3],
    ['.25', 8, 6],
    ['5e-1', 8, 4],
    ['0.333333333333333333333333333333', 3, 3],
    ['0.999999999999999999999999999999', 1000, 1],
  ] as const)('a ratio of %s leaves of %i columns %i', (text, count, kept) => {
    expect(keptOf(ratio(text), count)).toBe(kept);
  });

  test.each([
    '-1',
    '1',
    '1.5',
    'NaN',
    '',
    ' ',
    '.',
    'half',
    '0,5',
    '1e1',
    'Infinity',
    '0x0',
    '1/2',
    '--1',
    NaN,
    -0.5,
    1,
  ])('%s is no ratio', (text) => {
    expect(parseRatio(text)).toBeUndefined();
  });

  test('hundredths of any count are exact', () => {
    for (let hundredths = 0; hundredths < 100; hundredths++) {
      for (let count = 1; count < 300; count++) {
        const dropped = Math.floor((hundredths * count) / 100);
        expect(keptOf(ratio(hundredths / 100), count)).toBe(Math.max(1, count - dropped));
      }
    }
  });

  test('every count has a ratio, and a short one', () => {
    forAll(300, (draw) => {
      const count = draw.whole(1, 5000);
      const kept = draw.whole(1, count);
      const share = ratioDropping(count - kept, count);
      expect(keptOf(ratio(share), count)).toBe(kept);
      expect(String(share).length).toBeLessThan(8);
    });
  });

  test('an incomplete last group keeps ceil(length·N/M)', () => {
    expect(keptColumns({ n: 2, m: 4 }, 10)).toBe(5);
    expect(keptColumns({ n: 1, m: 4 }, 9)).toBe(3);
    expect(keptColumns({ n: 3, m: 8 }, 8)).toBe(3);
    expect(keptColumns({ n: 3, m: 8 }, 3)).toBe(2);
  });

  test('groups are never wider than the row', () => {
    expect(sparsityFor({ kind: 'pattern', n: 2, m: 4 }, 3)).toEqual({ n: 2, m: 3 });
    expect(sparsityFor({ kind: 'ratio', ratio: ratio('0.5'), group: 64 }, 9)).toEqual({ n: 5, m: 9 });
    expect(sparsityFor({ kind: 'ratio', ratio: ratio('0.75'), group: 16 }, 900)).toEqual({ n: 4, m: 16 });
  });
});

interface Case {
  readonly tensor: Tensor;
  readonly rowAxis: RowAxis;
  readonly tileRows: number;
  readonly sparsity: Sparsity;
  readonly columns: Uint32Array;
}

/** A weight with a selection from it. */
function drawCase(draw: Draw, kind: 'l1' | 'l2' = 'l1'): Case {
  const { tensor, rowAxis } = draw.weight(draw.chance(0.5));
  const { depth } = weightView(tensor.shape, rowAxis);
  const tileRows = draw.whole(1, 9);
  const m = draw.whole(1, depth);
  const sparsity = { n: draw.whole(1, m), m };
  const table = scoreColumns(tensor.data as Float32Array, { shape: tensor.shape, rowAxis, tileRows }, kind);
  return { tensor, rowAxis, tileRows, sparsity, columns: selectColumns(table, sparsity) };
}

/** The definition, word for word: by score, then by index, group by group. */
function selectNaively({ tensor, rowAxis, tileRows, sparsity }: Case, kind: 'l1' | 'l2'): number[][] {
  const { rows, depth, index } = weightView(tensor.shape, rowAxis);
  const score = (value: number): number => (kind === 'l1' ? Math.abs(value) : value * value);
  const tiles: number[][] = [];
  for (let first = 0; first < rows; first += tileRows) {
    const sums = Array.from({ length: depth }, (_, column) => {
      let sum = 0;
      for (let row = first; row < Math.min(rows, first + tileRows); row++) {
        sum += score(Number(tensor.data[index(row, column)]));
      }
      return { column, sum };
    });
    const kept: number[] = [];
    for (let begin = 0; begin < depth; begin += sparsity.m) {
      const group = sums.slice(begin, begin + sparsity.m);
      const count = group.length === sparsity.m ? sparsity.n : Math.ceil((group.length * sparsity.n) / sparsity.m);
      const best = group.toSorted((a, b) => b.sum - a.sum || a.column - b.column).slice(0, count);
      kept.push(...best.map(({ column }) => column).sort((a, b) => a - b));
    }
    tiles.push(kept);
  }
  return tiles;
}

function masked({ tensor, rowAxis, tileRows, columns, sparsity }: Case): Tensor {
  const { rows, depth, index } = weightView(tensor.shape, rowAxis);
  const kept = keptColumns(sparsity, depth);
  const data = new Float32Array(tensor.data.length);
  for (let row = 0; row < rows; row++) {
    const tile = Math.floor(row / tileRows);
    for (const column of columns.subarray(tile * kept, (tile + 1) * kept)) {
      data[index(row, column)] = Number(tensor.data[index(row, column)]);
    }
  }
  return { ...tensor, data };
}

const encode = ({ tensor, rowAxis, tileRows, sparsity, columns }: Case) =>
  encodeColumns(tensor, { ...sparsity, rowAxis, tileRows, columns });

describe('selection', () => {
  test.each(['l1', 'l2'] as const)('%s: the best of each group in every tile, ties to the lower index', (kind) => {
    forAll(400, (draw) => {
      const one = drawCase(draw, kind);
      expect([...one.columns]).toEqual(selectNaively(one, kind).flat());
    });
  });

  test('ties alone keep the first columns', () => {
    const table = { tiles: 2, depth: 5, scores: new Float64Array(10).fill(3) };
    expect([...selectColumns(table, { n: 2, m: 5 })]).toEqual([0, 1, 0, 1]);
    expect([...selectColumns(table, { n: 1, m: 2 })]).toEqual([0, 2, 4, 0, 2, 4]);
  });

  test('every tile keeps exactly as many columns, ascending', () => {
    forAll(200, (draw) => {
      const { tensor, rowAxis, tileRows, sparsity, columns } = drawCase(draw);
      const { rows, depth } = weightView(tensor.shape, rowAxis);
      const kept = keptColumns(sparsity, depth);
      expect(columns.length).toBe(Math.ceil(rows / tileRows) * kept);
      columns.forEach((column, at) => {
        if (at % kept > 0) expect(column).toBeGreaterThan(columns[at - 1] ?? 0);
      });
    });
  });

  test('pruning what is pruned changes nothing', () => {
    forAll(300, (draw) => {
      const one = drawCase(draw);
      const again = masked(one);
      const tiling = { shape: one.tensor.shape, rowAxis: one.rowAxis, tileRows: one.tileRows };
      const table = scoreColumns(again.data as Float32Array, tiling, 'l1');
      expect(selectColumns(table, one.sparsity)).toEqual(one.columns);
    });
  });

  test('what is retained is the score of what is kept', () => {
    forAll(200, (draw) => {
      const one = drawCase(draw);
      const { tensor, rowAxis, tileRows, sparsity } = one;
      const sum = (data: Tensor['data']): number =>
        Array.from(data as Float32Array).reduce((all, x) => all + Math.abs(x), 0);
      const share = retainedShare({ elements: tensor, rowAxis, kind: 'l1' }, tileRows, sparsity);
      expect(share).toBeCloseTo(sum(masked(one).data) / sum(tensor.data), 9);
    });
  });
});

describe('encoding', () => {
  test('decoding gives the masked weight bit for bit', () => {
    forAll(400, (draw) => {
      const one = drawCase(draw);
      expect(bits(decodeWeight(encode(one), typeOf(one.tensor)))).toEqual(bits(masked(one)));
    });
  });

  test('a ratio of 0 is the dense weight', () => {
    forAll(100, (draw) => {
      const { tensor, rowAxis } = draw.weight();
      const { depth } = weightView(tensor.shape, rowAxis);
      const sparsity = sparsityFor({ kind: 'ratio', ratio: ratio('0') }, depth);
      const tileRows = draw.whole(1, 8);
      const table = scoreColumns(tensor.data as Float32Array, { shape: tensor.shape, rowAxis, tileRows }, 'l1');
      const encoding = encodeColumns(tensor, {
        ...sparsity,
        rowAxis,
        tileRows,
        columns: selectColumns(table, sparsity),
      });
      expect(bits(decodeWeight(encoding, typeOf(tensor)))).toEqual(bits(tensor));
    });
  });

  test('a mask holds for every divisor of its tile height', () => {
    forAll(200, (draw) => {
      const one = drawCase(draw);
      const encoding = encode(one);
      for (let tileRows = 1; tileRows <= one.tileRows; tileRows++) {
        if (one.tileRows % tileRows !== 0) continue;
        expect(fitsTile(encoding, tileRows)).toBe(true);
        const other = retile(encoding, tileRows);
        expect(other.columns.length).toBe(
          Math.ceil((encoding.values.shape[0] ?? 0) / tileRows) * (encoding.values.shape[1] ?? 0),
        );
        expect(bits(decodeWeight(other, typeOf(one.tensor)))).toEqual(bits(masked(one)));
      }
    });
  });

  test('a tile that would mix two masks is refused, one that would not is made', () => {
    let refused = 0;
    forAll(300, (draw) => {
      const one = drawCase(draw);
      const encoding = encode(one);
      const tileRows = draw.whole(1, 24);
      if (!fitsTile(encoding, tileRows)) {
        refused++;
        expect(() => retile(encoding, tileRows)).toThrow(/does not hold for tiles of/);
      } else expect(bits(decodeWeight(retile(encoding, tileRows), typeOf(one.tensor)))).toEqual(bits(masked(one)));
    });
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(280);
  });
});
