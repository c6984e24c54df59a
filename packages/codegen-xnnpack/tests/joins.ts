import { concat, conv2d, elementwise, gather, matmul, reduce, reshape, softmax, type ValueId } from '@ait-rvv/ir';
import { CaseGraph } from '../../../tools/testing/cases/case-graph.js';

const CONV = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;

/** Nodes of XNNPACK and of our own, one behind the other and side by side, as they meet at the borders of subgraphs. */
export const joins = new CaseGraph('joins');
const { builder } = joins;

function conv(name: string, x: ValueId, channels: number): ValueId {
  const weight = joins.constant([channels, builder.type(x).shape[1] ?? 1, 1, 1]);
  return builder.apply(conv2d, [x, weight], CONV, { name });
}

const tanh = (name: string, x: ValueId): ValueId =>
  builder.apply(elementwise, [x], { epilogue: [{ kind: 'tanh' }] }, { name });
const add = (name: string, x: ValueId, y: ValueId): ValueId =>
  builder.apply(elementwise, [x, y], { epilogue: [{ kind: 'add', operand: 1 }, { kind: 'relu' }] }, { name });

const picture = joins.input([2, 3, 5, 6]);
const stem = conv('stem', picture, 7);
const portable = tanh('portable in between', stem);
const behind = conv('behind', portable, 7);
joins.case('a portable node between two of XNNPACK', behind);
joins.case('a branch around a portable node', add('around', stem, behind));
joins.case('an output that is read on', stem);
joins.case('two portable nodes in a row', tanh('second', tanh('first', conv('before', stem, 4))));

// DenseNet: every join begins with the one before.
const features = [conv('f0', picture, 4)];
for (let i = 1; i < 7; i++) {
  const joined = builder.apply(concat, features, { axis: 1 }, { name: `dense ${i}` });
  features.push(conv(`f${i}`, joined, 2 + i));
}
joins.case('joins that grow', builder.apply(concat, features, { axis: 1 }, { name: 'dense' }));
joins.case('the same join again', conv('again', builder.apply(concat, features, { axis: 1 }, { name: 'twin' }), 3));

const mean = builder.apply(reduce, [stem], { mode: 'mean', axes: [2, 3], keepDims: true }, { name: 'mean' });
const flat = builder.apply(reshape, [mean], { shape: [2, 7] }, { name: 'flat' });
const scores = builder.apply(
  matmul,
  [flat, joins.constant([7, 5])],
  { transA: false, transB: false, epilogue: [] },
  { name: 'scores' },
);
joins.case('a view inside of a subgraph', builder.apply(softmax, [scores], { axis: 1 }, { name: 'softmax' }));
joins.case('a view that leaves it', flat);
joins.case(
  'a view of an input',
  conv('view', builder.apply(reshape, [joins.input([1, 40])], { shape: [1, 10, 2, 2] }), 3),
);

const picks = builder.constant('rows', { dtype: 'i64', shape: [2], data: BigInt64Array.of(1n, 0n) });
joins.case(
  'rows picked between',
  conv('picked', builder.apply(gather, [stem, picks], { axis: 0 }, { name: 'pick' }), 2),
);

// Pruned weights are stored dense: XNNPACK has no use for their encoding.
const pruned = joins.pruned([8, 7, 1, 1], { tileRows: 4, kept: 3 });
joins.case('a pruned convolution', builder.apply(conv2d, [stem, pruned], CONV, { name: 'pruned' }));
const classifier = joins.pruned([5, 7], { tileRows: 5, kept: 4 });
joins.case(
  'a pruned classifier',
  builder.apply(matmul, [flat, classifier], { transA: false, transB: true, epilogue: [] }, { name: 'sparse scores' }),
);

const unused = add('residual of an input', picture, joins.input([2, 3, 5, 6]));
joins.case('elementwise on inputs as they come', unused);
joins.case(
  'a constant on the left',
  builder.apply(
    elementwise,
    [joins.constant([2, 3, 5, 6]), picture],
    {
      epilogue: [
        { kind: 'sub', operand: 1 },
        { kind: 'clamp', min: -0.5, max: 0.25 },
      ],
    },
    { name: 'constant left' },
  ),
);
