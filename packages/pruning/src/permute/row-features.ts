import { weightView, type RowAxis, type Tensor } from '@ait-rvv/ir';
import { weightPlaces } from '../columns/weight-places.js';
import type { ScoreKind } from '../columns/score.js';

/** A layer whose rows are to be put in order: its scored elements and the groups its columns are chosen in. */
export interface ScoredRows {
  /** Weight, or importances of its shape. */
  readonly elements: Tensor;
  readonly rowAxis: RowAxis;
  readonly kind: ScoreKind;
  /** Columns of a group. */
  readonly m: number;
}

/** Products of all pairs of rows cost about this many multiplications at most, whatever the network. */
const MOST_PRODUCTS = 5e8;

/** What rows like: `[rows][width]`, with a few rows of zeros behind the last. */
export interface RowFeatures {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array;
}

/**
 * What the rows `[first, first + rows)` like: for each column of each layer how far the row's score is above its mean in
 * the group, as a part of the layer's whole score, so that every layer weighs the same. Of wide layers an even sample of
 * the columns is taken.
 */
export function rowFeatures(layers: readonly ScoredRows[], first: number, rows: number): RowFeatures {
  const depths = layers.map(({ elements, rowAxis }) => weightView(elements.shape, rowAxis).depth);
  const all = depths.reduce((sum, depth) => sum + depth, 0);
  const share = Math.min(1, (2 * MOST_PRODUCTS) / (rows * rows) / all);
  const samples = depths.map((depth) => Math.max(1, Math.floor(depth * share)));
  const width = samples.reduce((sum, sample) => sum + sample, 0);
  const values = new Float64Array((rows + BLOCK - 1) * width);
  let offset = 0;
  layers.forEach((layer, index) => {
    const sample = samples[index] ?? 1;
    const scores = new Float64Array(weightView(layer.elements.shape, layer.rowAxis).depth);
    const score = rowScorer(layer, scores);
    for (let row = 0; row < rows; row++) {
      score(first + row);
      for (let j = 0; j < sample; j++) {
        values[row * width + offset + j] = scores[Math.floor((j * scores.length) / sample)] as number;
      }
    }
    offset += sample;
  });
  return { rows, width, values };
}

/** Writes the centred scores of one row over `scores`. */
function rowScorer({ elements, rowAxis, kind, m }: ScoredRows, scores: Float64Array): (row: number) => void {
  const { depth, rowStride, columns } = weightPlaces(elements.shape, rowAxis);
  const data = elements.data as Float32Array;
  const scale = 1 / Math.max(Number.MIN_VALUE, totalOf(data, kind));
  return (row) => {
    for (let column = 0; column < depth; column++) {
      const value = data[row * rowStride + (columns[column] as number)] as number;
      scores[column] = scale * (kind === 'l2' ? value * value : Math.abs(value));
    }
    centre(scores, m);
  };
}

function totalOf(data: Float32Array, kind: ScoreKind): number {
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    total += kind === 'l2' ? value * value : Math.abs(value);
  }
  return total;
}

/** Takes the mean of each group of `m` off its scores. */
function centre(scores: Float64Array, m: number): void {
  for (let begin = 0; begin < scores.length; begin += m) {
    const group = scores.subarray(begin, begin + m);
    let sum = 0;
    for (const score of group) sum += score;
    const mean = sum / group.length;
    for (let i = 0; i < group.length; i++) group[i] = (group[i] as number) - mean;
  }
}

/** Rows that are multiplied with one at once: independent sums keep the processor busy. */
const BLOCK = 4;

/** Scalar products of all pairs of rows, `[rows][rows]`. */
export function rowProducts({ rows, width, values }: RowFeatures): Float64Array {
  const products = new Float64Array(rows * rows);
  const sums = new Float64Array(BLOCK);
  for (let a = 0; a < rows; a++) {
    for (let first = 0; first <= a; first += BLOCK) {
      multiplyBlock(values, a * width, first * width, width, sums);
      for (let b = first; b < Math.min(first + BLOCK, a + 1); b++) {
        products[a * rows + b] = sums[b - first] as number;
        products[b * rows + a] = sums[b - first] as number;
      }
    }
  }
  return products;
}

/** Scalar products of the row that begins at `x` with the four from `y` on. */
function multiplyBlock(values: Float64Array, x: number, y: number, width: number, sums: Float64Array): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < width; i++) {
    const value = values[x + i] as number;
    a += value * (values[y + i] as number);
    b += value * (values[y + width + i] as number);
    c += value * (values[y + 2 * width + i] as number);
    d += value * (values[y + 3 * width + i] as number);
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
}
