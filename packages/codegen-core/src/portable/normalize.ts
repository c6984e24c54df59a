import { inputOf, isOp, isPlain, normalize, outputOf, typeAt, type Node, type NormalizeAttrs } from '@ait-rvv/ir';
import { sizes, tensor } from '../fields.js';
import { defineKernel } from '../kernel.js';
import { padLoops, type Loops } from '../loops.js';
import { lineLoops } from '../reduce-loops.js';
import { chainSource, stepsSource, type PortableChain } from './elementwise.js';
import { bindPortableEpilogue, epilogueCalls } from './epilogue.js';
import { PORTABLE_AXES, portableInstance, portableSource, scalarCycles } from './source.js';

interface NormalizeMatch {
  readonly node: Node<NormalizeAttrs>;
  readonly kept: Loops;
  readonly reduced: Loops;
  readonly epilogue: PortableChain | undefined;
}

/** Normalisation over any axes of any plain layout. */
export const portableNormalize = defineKernel<NormalizeMatch, Record<string, never>>({
  id: 'portable_normalize',
  match(node, { graph }) {
    if (!isOp(node, normalize)) return { reason: 'takes normalize only' };
    const x = typeAt(graph, inputOf(node));
    if (x.dtype !== 'f32') return { reason: `element type ${x.dtype} is not supported at run time` };
    if (!isPlain(x.layout)) return { reason: 'blocked layouts are not supported' };
    const loops = lineLoops(x, node.attrs.axes, []);
    const [kept, reduced] = [padLoops(loops.kept, PORTABLE_AXES), padLoops(loops.reduced, PORTABLE_AXES)];
    if (kept === undefined || reduced === undefined) return { reason: 'walks more separate axes than the kernel' };
    const epilogue = bindPortableEpilogue(graph, node, 1);
    return typeof epilogue === 'string' ? { reason: epilogue } : { node, kept, reduced, epilogue };
  },
  candidates: () => [{}],
  cost: ({ kept, reduced }) =>
    scalarCycles(
      [...kept.extents, ...reduced.extents].reduce((product, extent) => product * extent, 1),
      30,
    ),
  emit({ node, kept, reduced, epilogue }) {
    const source = portableSource('normalize', ['walk']);
    const instance = portableInstance(
      source,
      [
        tensor('x', inputOf(node)),
        tensor('y', outputOf(node)),
        sizes('kept', kept.extents),
        sizes('kept_stride', kept.strides[0] ?? []),
        sizes('reduced', reduced.extents),
        sizes('reduced_stride', reduced.strides[0] ?? []),
        { name: 'epsilon', arg: { kind: 'float', value: node.attrs.epsilon } },
      ],
      { inPlace: epilogue === undefined ? [0] : [] },
    );
    return {
      ...instance,
      calls: [...instance.calls, ...epilogueCalls(node, epilogue)],
      sources: epilogue === undefined ? [source] : [source, chainSource(), stepsSource()],
    };
  },
});
