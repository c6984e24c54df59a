import { Budget } from '../core/budget.js';
import type { GraphBuilder } from '../core/builder.js';
import type { Tensor } from '../core/tensor.js';
import { fail, quoteName, type Diagnostic } from '../diagnostics/diagnostic.js';
import { elementCount } from '../core/shape.js';
import type { FunctionTable } from './functions.js';
import { readTensor, type ExternalReader } from './tensor-data.js';
import type { SparseTensorMessage, TensorMessage } from './messages.js';
import { readSparseTensor } from './sparse-tensor.js';

/** Nodes of a model unless the caller allows more. */
export const MOST_NODES = 20_000;

/** Bytes of constants that stand in no file but are computed from what stands there. */
const MOST_MADE = 2 ** 27;

/** Steps of all operators evaluated while importing. */
const MOST_STEPS = 2 ** 27;

/** Warnings about single tensors; further ones are only counted. */
const MOST_WARNINGS = 5;

export interface SessionOptions {
  readonly external: ExternalReader | undefined;
  readonly functions: FunctionTable;
  readonly maxNodes: number;
}

/** What the conversion of one model shares, whichever of its graphs and functions is being read. */
export class ImportSession {
  readonly builder: GraphBuilder;
  readonly functions: FunctionTable;
  readonly external: ExternalReader | undefined;
  /** Everything that stands in the way, found so far. */
  readonly unsupported: Diagnostic[] = [];
  /** What may still be computed, and held, while importing. */
  readonly memory = new Budget(MOST_MADE);
  readonly time = new Budget(MOST_STEPS);
  readonly #maxNodes: number;
  readonly #odd: string[] = [];
  #nodes = 0;

  constructor(builder: GraphBuilder, { external, functions, maxNodes }: SessionOptions) {
    this.builder = builder;
    this.functions = functions;
    this.external = external;
    this.#maxNodes = maxNodes;
  }

  /** Counts nodes about to be converted: functions that call functions can unfold a small file without end. */
  countNodes(count: number): void {
    this.#nodes += count;
    if (this.#nodes > this.#maxNodes) {
      fail('AIT1007', `the model has more than ${this.#maxNodes} nodes once its functions are inlined.`, {
        hint: 'Allow more with --max-nodes.',
      });
    }
  }

  /** A tensor of the file; elements that are no finite numbers are remembered for a warning. */
  tensor(message: Partial<TensorMessage>): Tensor {
    const tensor = readTensor(message, this.external);
    const { data } = tensor;
    if (data instanceof Float32Array || data instanceof Float64Array) {
      let odd = 0;
      // x − x is 0 for finite numbers only.
      for (let i = 0; i < data.length; i++) odd += Number((data[i] as number) - (data[i] as number) !== 0);
      if (odd > 0) this.#odd.push(`${quoteName(message.name ?? '')} (${odd} of ${elementCount(tensor.shape)})`);
    }
    return tensor;
  }

  /** The dense form of a sparse tensor of the file. */
  sparseTensor(message: Partial<SparseTensorMessage>): Tensor {
    return readSparseTensor(message, (part) => this.tensor(part), this.memory);
  }

  /** What the reader of the messages should know although the model compiles. */
  warnings(): readonly Diagnostic[] {
    if (this.#odd.length === 0) return [];
    const more = this.#odd.length - MOST_WARNINGS;
    const list = this.#odd.slice(0, MOST_WARNINGS).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return [{ code: 'AIT1101', message: `constants hold NaN or infinity: ${list}.` }];
  }
}
