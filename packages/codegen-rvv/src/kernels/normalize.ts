import {
  elementCount,
  isOp,
  isPlain,
  normalize,
  stepOperand,
  typeAt,
  type Graph,
  type Node,
  type NormalizeAttrs,
  type TensorType,
} from '@ait-rvv/ir';
import { defineKernel, lineLoops, oneCall, type CArg } from '@ait-rvv/codegen-core';
import { operandStrides, stepConstants, type OperandForm, type TemplateStep } from '../epilogue.js';
import { sizes, tensor } from '../fields.js';
import { temporaryGroups } from '../limits.js';
import { padLoops, type Loops } from '../loops.js';
import { kernelSource } from '../sources.js';

const LOOPS = 6;

interface NormalizeMatch {
  readonly node: Node<NormalizeAttrs>;
  /** Loops over the kept and over the reduced axes; tensors: x and y, then the operands in the order of their steps. */
  readonly kept: Loops;
  readonly reduced: Loops;
  readonly variant: 'along' | 'across';
  readonly strided: boolean;
}

/** Normalisation over any axes of any plain layout, scale and shift included. */
export const normalizeKernel = defineKernel<NormalizeMatch, Record<string, never>>({
  id: 'normalize',
  match(node, { graph }) {
    if (!isOp(node, normalize)) return { reason: 'takes normalize only' };
    const x = typeAt(graph, node.inputs[0] ?? -1);
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    if (!isPlain(x.layout)) return { reason: 'blocked layouts are not supported' };
    const loops = lineLoops(x, node.attrs.axes, operandsOf(graph, node, x));
    const [kept, reduced] = [padLoops(loops.kept, LOOPS), padLoops(loops.reduced, LOOPS)];
    if (kept === undefined || reduced === undefined) return { reason: 'walks more separate axes than the kernel' };
    const [along, across] = [reduced, kept].map((loops) => loops.strides[0]?.[LOOPS - 1] === 1);
    const longer = (kept.extents[LOOPS - 1] ?? 1) > (reduced.extents[LOOPS - 1] ?? 1) ? 'across' : 'along';
    const variant = along === true ? 'along' : across === true ? 'across' : longer;
    return { node, kept, reduced, variant, strided: along !== true && across !== true };
  },
  candidates: () => [{}],
  cost: ({ kept, reduced, node }) =>
    elementCount(kept.extents) *
    elementCount(reduced.extents) *
    (8 + temporaryGroups(node.attrs.epilogue.map((step) => step.kind))),
  emit({ node, kept, reduced, variant, strided }) {
    const lanes = variant === 'along' ? reduced : kept;
    let place = 0;
    const steps: TemplateStep[] = [];
    const items: CArg[] = [];
    for (const step of node.attrs.epilogue) {
      const index = stepOperand(step);
      if (index === undefined) {
        steps.push({ kind: step.kind });
        items.push({ kind: 'struct', fields: stepConstants(step) });
        continue;
      }
      place++;
      steps.push({ kind: step.kind, operand: formOf(lanes.strides[place]) });
      const fields = [
        tensor('p', node.inputs[index]),
        sizes('kept_stride', kept.strides[place] ?? []),
        sizes('reduced_stride', reduced.strides[place] ?? []),
      ];
      items.push({ kind: 'struct', fields });
    }
    const source = kernelSource({
      family: 'normalize',
      variant: `${variant}${strided ? '_strided' : ''}`,
      epilogue: steps,
      computed: true,
      parameters: { variant, strided },
    });
    const args = [
      tensor('x', node.inputs[0]),
      tensor('y', node.outputs[0]),
      sizes('kept', kept.extents),
      sizes('kept_stride', kept.strides[0] ?? []),
      sizes('reduced', reduced.extents),
      sizes('reduced_stride', reduced.strides[0] ?? []),
      { name: 'epsilon', arg: { kind: 'float', value: node.attrs.epsilon } } as const,
      { name: 'steps', arg: { kind: 'array', type: 'struct ait_f32_normalize_step', items } } as const,
    ];
    return oneCall('normalize', source, args, { parameters: { variant }, inPlace: [0] });
  },
});

function operandsOf(graph: Graph, node: Node<NormalizeAttrs>, x: TensorType): readonly (readonly number[])[] {
  return node.attrs.epilogue.flatMap((step) => {
    const index = stepOperand(step);
    return index === undefined ? [] : [operandStrides(step, typeAt(graph, node.inputs[index] ?? -1), x.shape, 1)];
  });
}

function formOf(strides: readonly number[] = []): OperandForm {
  const inner = strides[LOOPS - 1] ?? 0;
  return inner === 0 ? 'row' : inner === 1 ? 'lane' : 'strided';
}
