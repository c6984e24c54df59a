import { elementCount } from './shape.js';
import type { Tensor, TensorType } from './tensor.js';

/** Attribute values are plain data, so that a node can be printed, parsed and compared. */
export type AttrValue = string | number | boolean | readonly AttrValue[] | { readonly [key: string]: AttrValue };

/** What passes may ask about an op instead of its name. */
export interface OpTraits {
  /** Carries an ordered list of elementwise steps in `attrs.epilogue`, applied to the result before it is stored. */
  readonly epilogue?: boolean;
  /** Every output element depends only on the input elements at the same (broadcast) place. */
  readonly elementwise?: boolean;
  /** Only renames or regroups elements: no arithmetic. */
  readonly movesData?: boolean;
  /** How the op constrains layouts; see passes/assign-layout. */
  readonly layout: LayoutTrait;
}

/**
 * - `image`: input 0 and the output in the backend's image layout, other inputs free (weights);
 * - `follow`: the output and all inputs of the same shape take the layout of input 0;
 * - `rename`: the same memory under another shape or axis order (reshape, transpose);
 * - `rowMajor`: canonical order only;
 * - `any`: reads every layout and produces row-major.
 */
export type LayoutTrait = 'image' | 'follow' | 'rename' | 'rowMajor' | 'any';

/** All that is true of an op: shapes, legality and meaning. No backend, no layout, no C. */
export interface OpDef<A = unknown> {
  readonly kind: string;
  readonly traits: OpTraits;
  /**
   * Types of the outputs. Throws CompileError AIT2101 or AIT2102 when shapes or attributes do not fit;
   * `where` names the node in the message.
   */
  infer(inputs: readonly TensorType[], attrs: A, where: string): readonly TensorType[];
  /** The meaning, slow and obvious, on row-major tensors. */
  evaluate(inputs: readonly Tensor[], attrs: A): readonly Tensor[];
  /** Multiply-adds of one evaluation. */
  multiplyAdds?(inputs: readonly TensorType[], outputs: readonly TensorType[], attrs: A): number;
  /** Those of them that pruning input 1 leaves as they are. */
  stageMultiplyAdds?(inputs: readonly TensorType[], attrs: A): number;
  /** Steps of one evaluation where they are more than elements and multiply-adds. */
  steps?(inputs: readonly TensorType[], outputs: readonly TensorType[], attrs: A): number;
}

/** How much work `evaluate` is: a file must not make the compiler compute for hours. */
export function evaluationSteps<A>(
  op: OpDef<A>,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
  attrs: A,
): number {
  const elements = [...inputs, ...outputs].reduce((sum, type) => sum + elementCount(type.shape), 0);
  return elements + (op.multiplyAdds?.(inputs, outputs, attrs) ?? 0) + (op.steps?.(inputs, outputs, attrs) ?? 0);
}

/** Declares an op; exists for type inference of the attributes. */
export function defineOp<A>(def: OpDef<A>): OpDef<A> {
  return def;
}
