import { PORTABLE_KERNELS, type Backend } from '@ait-rvv/codegen-core';
import {
  batchNorm,
  cast,
  channelsLast,
  conv2d,
  gather,
  GraphBuilder,
  interpret,
  pad,
  rowMajor,
  tensorType,
  typeAt,
  type DType,
  type Graph,
  type Tensor,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { CaseGraph } from '../../../tools/testing/cases/case-graph.js';
import { choices } from '../../../tools/testing/cases/choices.js';
import {
  convolutionEpilogues,
  convolutionWindows,
  depthwiseWindows,
} from '../../../tools/testing/cases/convolution.js';
import { elementwiseChains } from '../../../tools/testing/cases/elementwise.js';
import { failures } from '../../../tools/testing/cases/failures.js';
import { lineWalks } from '../../../tools/testing/cases/line-walks.js';
import { moves } from '../../../tools/testing/cases/moves.js';
import { norms } from '../../../tools/testing/cases/norms.js';
import { picks } from '../../../tools/testing/cases/picks.js';
import { matrixProducts } from '../../../tools/testing/cases/products.js';
import { lines, pools } from '../../../tools/testing/cases/windows-and-lines.js';
import { buildFolder, emitGraph, execute } from '../../../tools/testing/programs.js';
import { randomInputs, randomTensor } from '../../../tools/testing/tensors.js';

/** A target that has nothing but the portable kernels. */
function portableBackend(image: Backend['layouts']['image']): Backend {
  return {
    id: 'portable',
    target: { march: 'rv64gcv', tuneVlen: 256 },
    layouts: { image, reads: () => false, follows: () => true },
    canFuse: () => true,
    kernels: PORTABLE_KERNELS,
  };
}

const NHWC = portableBackend((graph, id) => channelsLast(typeAt(graph, id).shape.length));
const NCHW = portableBackend((graph, id) => rowMajor(typeAt(graph, id).shape.length));

const runtimeOnly = new CaseGraph('runtime only');
{
  const { builder } = runtimeOnly;
  const x = runtimeOnly.input([2, 6, 5, 4]);
  const attrs = { strides: [1, 2], dilations: [1, 1], pads: [1, 0, 1, 2], groups: 2, epilogue: [] } as const;
  const weight = runtimeOnly.input([4, 3, 3, 2]);
  runtimeOnly.case('computed weight', builder.apply(conv2d, [x, weight], attrs, { name: 'computed weight' }));
  const parameters = [0, 1, 2].map(() => runtimeOnly.input([6]));
  const variance = runtimeOnly.constant([6], 0.5, 2);
  const norm = builder.apply(batchNorm, [x, ...parameters, variance], { epsilon: 1e-3 }, { name: 'norm' });
  runtimeOnly.case('computed batch norm', norm);
  const picks = builder.input('picks', tensorType('i64', [3]));
  runtimeOnly.case('computed indices', builder.apply(gather, [x, picks], { axis: 1 }, { name: 'picked' }));
  runtimeOnly.case(
    'pruned weight',
    builder.apply(conv2d, [x, runtimeOnly.pruned([8, 6, 3, 3], { tileRows: 4, kept: 20 })], { ...attrs, groups: 1 }),
  );
}

/** Graphs without pictures need one layout only. */
const GRAPHS: Readonly<Record<string, readonly [cases: CaseGraph, tolerance: number, backends: readonly Backend[]]>> = {
  'convolution windows': [convolutionWindows, 2e-6, [NHWC, NCHW]],
  'depthwise windows': [depthwiseWindows, 2e-6, [NHWC]],
  'convolution epilogues': [convolutionEpilogues, 4e-6, [NHWC, NCHW]],
  elementwise: [elementwiseChains, 4e-6, [NCHW]],
  moves: [moves, 1e-6, [NHWC]],
  products: [matrixProducts, 4e-6, [NCHW]],
  pools: [pools, 2e-6, [NHWC, NCHW]],
  lines: [lines, 4e-6, [NCHW]],
  choices: [choices, 0, [NCHW]],
  picks: [picks, 2e-6, [NCHW]],
  'line by line': [lineWalks, 4e-6, [NCHW]],
  norms: [norms, 1e-5, [NHWC, NCHW]],
  'what is known at run time only': [runtimeOnly, 4e-6, [NHWC, NCHW]],
};

function inputsOf(graph: Graph): ReadonlyMap<string, Tensor> {
  const inputs = new Map(randomInputs(graph));
  if (inputs.has('picks')) inputs.set('picks', { dtype: 'i64', shape: [3], data: BigInt64Array.of(5n, -6n, 2n) });
  return inputs;
}

async function build(graph: Graph, backend: Backend): Promise<string> {
  const folder = emitGraph(graph, { backend });
  await buildFolder(folder, { scalar: true });
  return folder;
}

async function run(graph: Graph, inputs: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> {
  return (await execute(await build(graph, NCHW), 'local', inputs)).outputs;
}

describe.each(Object.keys(GRAPHS))('portable kernels: %s', (title) => {
  const [cases, tolerance, backends] = GRAPHS[title] ?? [runtimeOnly, 0, []];
  const graph = cases.build();
  const inputs = inputsOf(graph);
  const expected = interpret(graph, inputs);

  test.each(backends.map((backend) => ({ backend, layout: backend === NHWC ? 'NHWC' : 'NCHW' })))(
    'agree with the interpreter, pictures $layout',
    async ({ backend }) => {
      const folder = await build(graph, backend);
      for (const threads of [1, 3]) {
        const { outputs } = await execute(folder, 'local', inputs, threads);
        expect(failures(cases.names, outputs, expected, tolerance)).toEqual([]);
      }
    },
  );
});

test('an index outside of the tensor reads nothing', async () => {
  const builder = new GraphBuilder('outside');
  const x = builder.input('x', tensorType('f32', [3, 2]));
  const picks = builder.input('picks', tensorType('i32', [4]));
  builder.output('y', builder.apply(gather, [x, picks], { axis: 0 }, { name: 'picked' }));
  const inputs = new Map<string, Tensor>([
    ['x', randomTensor([3, 2], 1)],
    ['picks', { dtype: 'i32', shape: [4], data: Int32Array.of(3, -4, 2 ** 31 - 1, -(2 ** 31)) }],
  ]);
  const y = (await run(builder.build(), inputs)).get('y');
  expect([...(y?.data ?? [])]).toEqual(new Array(8).fill(0));
});

const TYPES: readonly DType[] = ['f32', 'f64', 'i8', 'u8', 'u16', 'i32', 'i64', 'bool'];

test('casts between all element types agree with the interpreter', async () => {
  const builder = new GraphBuilder('casts');
  const inputs = new Map<string, Tensor>();
  for (const from of TYPES) {
    const x = builder.input(from, tensorType(from, [700]));
    inputs.set(from, randomTensor([700], 3, from.startsWith('f') ? -100 : 0, 100, from));
    for (const to of TYPES)
      builder.output(`${from}->${to}`, builder.apply(cast, [x], { to }, { name: `${from} to ${to}` }));
  }
  // Values outside the range of the result are undefined in ONNX; inside it, both round toward zero.
  inputs.set('f32', randomTensor([700], 4, 0, 100));
  inputs.set('f64', randomTensor([700], 5, 0, 100, 'f64'));
  const graph = builder.build();
  const expected = interpret(graph, inputs);
  const actual = await run(graph, inputs);
  for (const [name, tensor] of expected)
    expect({ name, data: actual.get(name)?.data }).toEqual({ name, data: tensor.data });
});

test('whole numbers are moved and padded', async () => {
  const builder = new GraphBuilder('whole');
  const x = builder.input('x', tensorType('i64', [2, 3]));
  const attrs = { mode: 'constant', before: [1, 0], after: [0, 2], value: 0 } as const;
  builder.output('padded', builder.apply(pad, [x], attrs, { name: 'pad' }));
  const inputs = new Map([['x', randomTensor([2, 3], 1, -1e6, 1e6, 'i64')]]);
  const graph = builder.build();
  expect((await run(graph, inputs)).get('padded')).toEqual(interpret(graph, inputs).get('padded'));
});
