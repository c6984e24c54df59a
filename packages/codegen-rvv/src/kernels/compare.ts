import { compare, isOp, typeAt, where, type CompareAttrs, type DType, type Node } from '@ait-rvv/ir';
import { defineKernel, oneCall } from '@ait-rvv/codegen-core';
import { tensor } from '../fields.js';
import { kernelSource } from '../sources.js';
import { TEMPLATE_DTYPES } from '../template-dtypes.js';
import { bindWalk, formsText, sameWalk, walkDims, walkStride, walkStrips, type Walk } from '../walk.js';

interface CompareMatch {
  readonly node: Node<CompareAttrs>;
  readonly dtype: DType;
  readonly walk: Walk;
}

/** Comparisons of two tensors of one type. */
export const compareKernel = defineKernel<CompareMatch, Record<string, never>>({
  id: 'compare',
  match(node, { graph }) {
    if (!isOp(node, compare)) return { reason: 'takes compare only' };
    const [a, b] = [typeAt(graph, node.inputs[0] ?? -1), typeAt(graph, node.inputs[1] ?? -1)];
    const y = typeAt(graph, node.outputs[0] ?? -1);
    if (a.dtype === 'f16') return { reason: 'element type f16 is not supported at run time' };
    const walk = bindWalk(y, [a, b]);
    return typeof walk === 'string' ? { reason: walk } : { node, dtype: a.dtype, walk };
  },
  candidates: () => [{}],
  cost: ({ walk, dtype }, _, target) => walkStrips(walk, target.tuneVlen / 8) * TEMPLATE_DTYPES[dtype].l8 * 6,
  emit({ node, dtype, walk }) {
    const { mode } = node.attrs;
    const forms = walk.forms.slice(1);
    const variant = `${mode.toLowerCase()}${formsText(forms) === '' ? '' : `_${formsText(forms)}`}`;
    const source = kernelSource({ dtype, family: 'compare', variant, epilogue: [], parameters: { mode, forms } });
    const args = [
      tensor('a', node.inputs[0]),
      tensor('b', node.inputs[1]),
      tensor('y', node.outputs[0]),
      walkDims(walk),
      walkStride('a_stride', walk, 1),
      walkStride('b_stride', walk, 2),
    ];
    return oneCall('compare', source, args, { parameters: { mode } });
  },
});

interface WhereMatch {
  readonly node: Node;
  readonly dtype: DType;
  readonly walk: Walk;
}

/** Choices between two tensors of any element type. */
export const whereKernel = defineKernel<WhereMatch, Record<string, never>>({
  id: 'where',
  match(node, { graph }) {
    if (!isOp(node, where)) return { reason: 'takes where only' };
    const y = typeAt(graph, node.outputs[0] ?? -1);
    const walk = bindWalk(
      y,
      node.inputs.map((id) => typeAt(graph, id)),
    );
    return typeof walk === 'string' ? { reason: walk } : { node, dtype: y.dtype, walk };
  },
  candidates: () => [{}],
  cost: ({ walk, dtype }, _, target) => walkStrips(walk, target.tuneVlen / 8) * TEMPLATE_DTYPES[dtype].l8 * 8,
  emit({ node, dtype, walk }) {
    const forms = walk.forms.slice(1);
    const source = kernelSource({
      dtype,
      family: 'where',
      variant: formsText(forms),
      epilogue: [],
      parameters: { forms },
    });
    const args = [
      tensor('c', node.inputs[0]),
      tensor('a', node.inputs[1]),
      tensor('b', node.inputs[2]),
      tensor('y', node.outputs[0]),
      walkDims(walk),
      walkStride('c_stride', walk, 1),
      walkStride('a_stride', walk, 2),
      walkStride('b_stride', walk, 3),
    ];
    return oneCall('where', source, args, { inPlace: [1, 2].filter((input) => sameWalk(walk, input + 1)) });
  },
});
