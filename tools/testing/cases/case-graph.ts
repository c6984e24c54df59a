import { RandomSource } from '@ait-rvv/ir/weights';
import {
  GraphBuilder,
  tensorType,
  weightView,
  type DType,
  type RowAxis,
  type EpilogueStep,
  type Graph,
  type Tensor,
  type ValueId,
} from '@ait-rvv/ir';
import { randomTensor } from '../tensors.js';

interface PrunedShape {
  readonly tileRows: number;
  readonly kept: number;
  readonly rowAxis?: RowAxis;
}

/** `kept` of `depth` columns, ascending. */
export function someColumns(random: RandomSource, depth: number, kept: number): number[] {
  const all = Array.from({ length: depth }, (_, column) => ({ column, order: random.next() }));
  const chosen = all.sort((a, b) => a.order - b.order).slice(0, kept);
  return chosen.map(({ column }) => column).sort((a, b) => a - b);
}

/** Builds one graph of many independent cases, so that a whole family is compiled and run at once. */
export class CaseGraph {
  readonly builder: GraphBuilder;
  readonly names: string[] = [];
  #seed = 1;

  constructor(name: string) {
    this.builder = new GraphBuilder(name);
  }

  input(shape: readonly number[], dtype: DType = 'f32'): ValueId {
    return this.builder.input(`x${this.#seed++}`, tensorType(dtype, shape));
  }

  constant(shape: readonly number[], low = -1, high = 1): ValueId {
    const seed = this.#seed++;
    return this.builder.constant(`c${seed}`, randomTensor(shape, seed, low, high));
  }

  /** A weight that keeps random columns, `kept` of every `tileRows` rows. */
  pruned(shape: readonly number[], { tileRows, kept, rowAxis = 0 }: PrunedShape): ValueId {
    const seed = this.#seed++;
    const { rows, depth } = weightView(shape, rowAxis);
    const random = new RandomSource(seed);
    const columns = Array.from({ length: Math.ceil(rows / tileRows) }, () => someColumns(random, depth, kept)).flat();
    const values = randomTensor([rows, kept], seed);
    const constant = { kind: 'columnNM', n: kept, m: depth, tileRows, rowAxis, values } as const;
    return this.builder.encoded(`c${seed}`, tensorType('f32', shape), {
      ...constant,
      columns: Uint32Array.from(columns),
    });
  }

  case(name: string, value: ValueId): void {
    this.names.push(name);
    this.builder.output(name, value);
  }

  build(): Graph {
    return this.builder.build();
  }
}

/** Every step, with an operand builder for the binary ones. Shapes: the result [N, C, H, W] or [..., columns]. */
export const UNARY_STEPS: readonly EpilogueStep[] = [
  { kind: 'relu' },
  { kind: 'clamp', min: 0, max: 6 },
  { kind: 'clamp', min: -Infinity, max: 0.25 },
  { kind: 'leakyRelu', alpha: 0.1 },
  { kind: 'hardSigmoid', alpha: 1 / 6, beta: 0.5 },
  { kind: 'hardSwish' },
  { kind: 'sigmoid' },
  { kind: 'silu' },
  { kind: 'tanh' },
  { kind: 'gelu', approximate: false },
  { kind: 'gelu', approximate: true },
  { kind: 'neg' },
  { kind: 'abs' },
  { kind: 'exp' },
  { kind: 'erf' },
  { kind: 'floor' },
  { kind: 'ceil' },
  { kind: 'round' },
  { kind: 'sign' },
  { kind: 'sin' },
  { kind: 'cos' },
  { kind: 'softplus' },
  { kind: 'softsign' },
  { kind: 'mish' },
  { kind: 'elu', alpha: 0.75 },
  { kind: 'celu', alpha: 0.5 },
  { kind: 'selu', alpha: 1.6732632, gamma: 1.050701 },
  { kind: 'thresholdedRelu', alpha: 0.25 },
];

export function stepName(step: EpilogueStep): string {
  const { kind, ...rest } = step;
  return [kind, ...Object.values<unknown>(rest)].join(' ');
}

export type Outputs = ReadonlyMap<string, Tensor>;
