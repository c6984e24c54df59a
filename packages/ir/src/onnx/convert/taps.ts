/** How coordinates, neighbours and their weights are found along an axis (ONNX Resize-19, its reference semantics). */
export interface AxisResize {
  readonly from: number;
  readonly to: number;
  /** May differ from to / from, which it was rounded from. */
  readonly scale: number;
  readonly coordinates: string;
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly nearest: string;
  /** Bounds of the region of interest as parts of the extent; with tf_crop_and_resize only. */
  readonly region: readonly [start: number, end: number];
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** The neighbours of one place of the result; no neighbours where it lies outside the region. */
export interface Neighbours {
  readonly indices: readonly number[];
  readonly weights: readonly number[];
}

export const COORDINATES = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_crop_and_resize',
  'tf_half_pixel_for_nn',
] as const;

export const NEAREST = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;

/** For every place of the result its neighbours in the input and their weights. */
export function axisTaps(axis: AxisResize): readonly Neighbours[] {
  return Array.from({ length: axis.to }, (_, place) => {
    const x = coordinate(axis, place);
    const last = axis.from - 1;
    if (axis.coordinates === 'tf_crop_and_resize' && (x < 0 || x > last)) return { indices: [], weights: [] };
    // The neighbour on the left is preferred: a whole coordinate is the right one of two.
    const base = Math.ceil(x) - 1;
    const given = coefficients(axis, x - base);
    const first = base - given.length / 2 + 1;
    const outside = (index: number): boolean => index < 0 || index > last;
    const kept = given.map((weight, tap) => (axis.excludeOutside && outside(first + tap) ? 0 : weight));
    const sum = axis.excludeOutside ? kept.reduce((total, weight) => total + weight, 0) : 1;
    return {
      indices: given.map((_, tap) => Math.min(last, Math.max(0, first + tap))),
      weights: kept.map((weight) => weight / sum),
    };
  });
}

function coordinate({ from, to, scale, coordinates, region }: AxisResize, place: number): number {
  const width = scale * from;
  const [start, end] = region;
  switch (coordinates) {
    case 'align_corners':
      return width === 1 ? 0 : (place * (from - 1)) / (width - 1);
    case 'asymmetric':
      return place / scale;
    case 'tf_half_pixel_for_nn':
      return (place + 0.5) / scale;
    case 'tf_crop_and_resize':
      return (
        start * (from - 1) +
        (width === 1 ? ((end - start) * (from - 1)) / 2 : (place * (end - start) * (from - 1)) / (width - 1))
      );
    case 'pytorch_half_pixel':
      return width === 1 ? -0.5 : (place + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric':
      return (from / 2) * (1 - to / width) + (place + 0.5) / scale - 0.5;
    default:
      return (place + 0.5) / scale - 0.5;
  }
}

/** Weights of the neighbours, an even number of them around the place; 0 < ratio ≤ 1 is its distance from the left. */
function coefficients({ mode, nearest, scale, cubic, antialias }: AxisResize, ratio: number): number[] {
  if (mode === 'nearest') return takesRight(nearest, ratio) ? [0, 1] : [1, 0];
  const reach = mode === 'linear' ? 1 : 2;
  const weight = mode === 'linear' ? tent : (x: number) => bell(x, cubic);
  // Shrinking with antialias widens the filter by the scale.
  const shrink = antialias ? Math.min(scale, 1) : 1;
  const first = Math.floor(-reach / shrink) + 1;
  const raw = Array.from({ length: 2 - 2 * first }, (_, tap) => weight(Math.abs((first + tap - ratio) * shrink)));
  const sum = antialias ? raw.reduce((total, value) => total + value, 0) : 1;
  return raw.map((value) => value / sum);
}

function takesRight(nearest: string, ratio: number): boolean {
  if (ratio === 1 || nearest === 'ceil') return true;
  if (nearest === 'floor') return false;
  return nearest === 'round_prefer_floor' ? ratio > 0.5 : ratio >= 0.5;
}

function tent(x: number): number {
  return Math.max(0, 1 - x);
}

/** Keys' cubic with parameter a at distance x. */
function bell(x: number, a: number): number {
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
