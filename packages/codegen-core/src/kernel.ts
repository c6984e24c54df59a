import type { Graph, Node, ValueId } from '@ait-rvv/ir';
import type { Target } from './target.js';

/** Why a kernel does not take a node; what `inspect --why` prints. */
export interface Mismatch {
  readonly reason: string;
}

export interface SelectContext {
  readonly graph: Graph;
  readonly target: Target;
}

/** A value of a kernel argument. */
export type CArg =
  | { readonly kind: 'size'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'whole'; readonly value: bigint }
  /** Address of a tensor's first element, `elements` further on. */
  | { readonly kind: 'value'; readonly value: ValueId; readonly elements?: number }
  /** Elements from one block of positions to the next where a position-blocked tensor lies; 0 for a plain one. */
  | { readonly kind: 'blockStride'; readonly value: ValueId }
  /** Address of the instance's packed weights of that index. */
  | { readonly kind: 'packed'; readonly index: number }
  /** A name of ours in C: a function or a constant. */
  | { readonly kind: 'symbol'; readonly name: string }
  /** A nested struct or an array; fields without a name are positional. */
  | { readonly kind: 'struct'; readonly fields: readonly CField[] }
  | { readonly kind: 'array'; readonly type: string; readonly items: readonly CArg[] };

export interface CField {
  readonly name: string;
  readonly arg: CArg;
}

/** One call of a kernel function: `symbol(&(struct argsType){…}, workers)`. */
export interface KernelCall {
  /** Without the `__rvv` or `__scalar` suffix. */
  readonly symbol: string;
  readonly argsType: string;
  readonly args: readonly CField[];
  /** The call only copies this value; it is left out when the value already lies where it would be copied to. */
  readonly copies?: { readonly from: ValueId; readonly to: ValueId; readonly byteOffset: number };
}

/** Constant data in a kernel's own order; made late, so that only one layer's copy exists at a time. */
export interface PackedWeights {
  readonly name: string;
  readonly bytes: number;
  readonly pack: () => Uint8Array;
}

/** Worker scratch in bytes: `symbol__rvv_scratch(args…)`, asked of the program itself, since it may depend on VLEN. */
export interface ScratchNeed {
  readonly symbol: string;
  readonly args: readonly number[];
}

/**
 * An object that lives as long as an instance of the program. Its functions, declared in a header of the step's
 * sources, are
 *
 *     enum ait_status <create>(const struct <argsType> *args, struct ait_workers *workers, void **object);
 *     void <destroy>(void *object);
 *
 * and the step's calls become `enum ait_status <symbol>(void *object, const struct <argsType> *args)`. `create` is
 * called when weights and workers are there; its arguments may name packed weights, not tensors. A NULL object is
 * never handed to a call or to destroy.
 */
export interface Resident {
  readonly create: string;
  readonly destroy: string;
  readonly argsType: string;
  readonly args: readonly CField[];
}

/** C source that implements a symbol, for the vector unit and as scalar twin. */
export interface KernelSource {
  readonly symbol: string;
  readonly argsType: string;
  /** Below src/kernels/. */
  readonly header: string;
  readonly scratchParameters: number;
  /** Path below the bundle's root to text. */
  readonly files: ReadonlyMap<string, string>;
  readonly rvv: string;
  readonly scalar: string;
  /** One file for every machine: `rvv` and `scalar` are the same, and its header declares the symbol as it is. */
  readonly portable?: boolean;
}

/** A kernel with all its parameters bound to one node. */
export interface KernelInstance {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly calls: readonly KernelCall[];
  readonly sources: readonly KernelSource[];
  readonly scratch: readonly ScratchNeed[];
  readonly weights: readonly PackedWeights[];
  /** Node inputs whose memory the output may take over: each element is read before it is written, by the same task. */
  readonly inPlace: readonly number[];
  readonly resident?: Resident;
  /** Bytes the calls may read, and not use, beyond the end of a tensor or of packed weights; 0 when not said. */
  readonly readsBeyond?: number;
}

/** A legal choice of parameters, with its estimated cost in cycles of one core. */
export interface Candidate {
  readonly kernel: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly cost: number;
  readonly emit: () => KernelInstance;
}

/** What a kernel author writes: M is what a match has found out, P the tunable parameters. */
export interface KernelDef<M, P extends Readonly<Record<string, string | number>>> {
  readonly id: string;
  match(node: Node, context: SelectContext): M | Mismatch;
  /** Legal parameter sets only. */
  candidates(match: M, target: Target): readonly P[];
  /** Further legal parameter sets near one, which the estimate cannot tell from it: for those who measure. */
  variations?(match: M, parameters: P, target: Target): readonly P[];
  /** Estimated cycles, for ranking candidates that were never measured. */
  cost(match: M, parameters: P, target: Target): number;
  emit(match: M, parameters: P): KernelInstance;
}

/** A kernel as selection sees it. */
export interface Kernel {
  readonly id: string;
  consider(node: Node, context: SelectContext): readonly Candidate[] | Mismatch;
  /** Further candidates near one of the node's, for those who measure. */
  vary(node: Node, context: SelectContext, near: Candidate): readonly Candidate[];
  /** The node with the parameters of a candidate that was made for a like node with more positions. */
  adopt(node: Node, context: SelectContext, from: Candidate): Candidate | Mismatch;
}

export function isMismatch(value: object): value is Mismatch {
  return 'reason' in value;
}

/** Hides a kernel's own types, so that kernels of all kinds fit into one list. */
export function defineKernel<M extends object, P extends Readonly<Record<string, string | number>>>(
  def: KernelDef<M, P>,
): Kernel {
  const candidate = (match: M, parameters: P, target: Target): Candidate => ({
    kernel: def.id,
    parameters,
    cost: def.cost(match, parameters, target),
    emit: () => def.emit(match, parameters),
  });
  return {
    id: def.id,
    consider(node, context) {
      const match = def.match(node, context);
      if (isMismatch(match)) return match;
      return def.candidates(match, context.target).map((parameters) => candidate(match, parameters, context.target));
    },
    vary(node, context, { parameters }) {
      const match = def.match(node, context);
      if (isMismatch(match)) return [];
      const near = def.variations?.(match, parameters as P, context.target) ?? [];
      return near.map((one) => candidate(match, one, context.target));
    },
    adopt(node, context, { parameters }) {
      const match = def.match(node, context);
      return isMismatch(match) ? match : candidate(match, parameters as P, context.target);
    },
  };
}
