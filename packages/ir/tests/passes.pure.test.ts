import {
  assignLayout,
  canonicalize,
  channelMajor,
  concat,
  conv2d,
  cancelTransposes,
  eliminateDead,
  foldBatchNorm,
  foldConstants,
  fuseEpilogue,
  gather,
  optimize,
  pad,
  pool2d,
  relayout,
  reshape,
  runPasses,
  shapeOf,
  tensorI64,
  tensorType,
  toNumbers,
  transpose,
  unfuseEpilogue,
  type EpilogueStep,
  type Graph,
  type ValueId,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { after, CONV, Sketch } from './sketch.js';

const POLICY = { image: () => channelMajor(4), reads: () => false, follows: () => true };

describe('fold-constants', () => {
  test('Shape → Gather → Reshape becomes a constant shape', () => {
    const s = new Sketch();
    const x = s.input(2, 3, 4, 5);
    const shape = s.builder.apply(shapeOf, [x], {}, { name: 'shape' });
    const index = s.builder.constant('index', tensorI64([1], [0]));
    const batch = s.builder.apply(gather, [shape, index], { axis: 0 }, { name: 'batch' });
    const both = s.builder.apply(
      concat,
      [batch, s.builder.constant('rest', tensorI64([1], [60]))],
      { axis: 0 },
      { name: 'target' },
    );
    const result = runPasses(s.finish(both, x), [foldConstants, eliminateDead]);
    expect(result.nodes).toEqual([]);
    const folded = result.values[result.outputs[0]?.value ?? -1]?.constant;
    expect(folded?.kind === 'dense' ? toNumbers(folded.tensor) : undefined).toEqual([2, 60]);
  });

  test('what would expand into gigabytes is left for run time', () => {
    const s = new Sketch();
    const big = s.builder.apply(
      pad,
      [s.constant([1])],
      { mode: 'constant', before: [0], after: [2 ** 29], value: 0 },
      { name: 'huge' },
    );
    expect(foldConstants.run(s.finish(big)).nodes).toHaveLength(1);
  });
});

describe('fold-batch-norm', () => {
  test('goes into the convolution before it, bias included', () => {
    const s = new Sketch();
    const y = s.norm(s.conv(s.input(1, 3, 4, 4), 2, 'conv', [{ kind: 'bias', operand: 2 }], [s.constant([2])]), 'norm');
    expect(after(s.finish(y), foldBatchNorm, eliminateDead)).toEqual([
      '%3 = conv2d(%0, %1, %2) "conv" {"strides":[1,1],"dilations":[1,1],"pads":[0,0,0,0],"groups":1,"epilogue":[{"kind":"bias","operand":2}]} : f32[1,2,4,4] "norm"',
      'output "y0" = %3',
    ]);
  });

  test('not when the convolution is read by others, or has an activation already', () => {
    const s = new Sketch();
    const conv = s.conv(s.input(1, 3, 4, 4), 2, 'conv');
    expect(foldBatchNorm.run(s.finish(s.norm(conv, 'norm'), conv)).nodes.map((node) => node.op.kind)).toEqual([
      'conv2d',
      'batchNorm',
    ]);
    const t = new Sketch();
    const active = t.conv(t.input(1, 3, 4, 4), 2, 'conv', [{ kind: 'relu' }]);
    expect(foldBatchNorm.run(t.finish(t.norm(active, 'norm'))).nodes.map((node) => node.op.kind)).toEqual([
      'conv2d',
      'batchNorm',
    ]);
  });

  test('each of two weights sharing one constant gets its own scale', () => {
    const s = new Sketch();
    const x = s.input(1, 2, 3, 3);
    const weight = s.constant([2, 2, 1, 1]);
    const twice = ['a', 'b'].map((name) =>
      s.norm(s.builder.apply(conv2d, [x, weight], CONV, { name }), `${name}.norm`),
    );
    expect(after(s.finish(...twice), foldBatchNorm)).toHaveLength(4);
  });
});

describe('canonicalize', () => {
  test('a batch norm without convolution is a multiply and an add', () => {
    const s = new Sketch();
    expect(after(s.finish(s.norm(s.input(2, 3, 2, 2), 'norm')), canonicalize, eliminateDead)).toEqual([
      '%3 = elementwise(%0, %1, %2) "norm" {"epilogue":[{"kind":"mul","operand":1},{"kind":"add","operand":2}]} : f32[2,3,2,2] "norm"',
      'output "y0" = %3',
    ]);
  });

  test('identities vanish, moves merge', () => {
    const s = new Sketch();
    const x = s.input(2, 3, 4);
    const turn = (value: ValueId, perm: number[], name: string): ValueId =>
      s.builder.apply(transpose, [value], { perm }, { name });
    const y = turn(turn(x, [1, 2, 0], 'a'), [2, 0, 1], 'b');
    const flat = s.builder.apply(
      reshape,
      [s.builder.apply(reshape, [x], { shape: [24] }, { name: 'c' })],
      { shape: [6, 4] },
      { name: 'd' },
    );
    const same = s.builder.apply(reshape, [x], { shape: [2, 3, 4] }, { name: 'e' });
    expect(after(s.finish(y, flat, same), canonicalize, canonicalize, eliminateDead)).toEqual([
      '%1 = reshape(%0) "d" {"shape":[6,4]} : f32[6,4] "d"',
      'output "y0" = %0',
      'output "y1" = %1',
      'output "y2" = %0',
    ]);
  });

  test('zero padding before a convolution is its own, other padding is not', () => {
    const build = (value: number, channels = 0): Graph => {
      const s = new Sketch();
      const attrs = { mode: 'constant', before: [0, channels, 1, 2], after: [0, 0, 3, 4], value } as const;
      return s.finish(s.conv(s.builder.apply(pad, [s.input(1, 2, 3, 3)], attrs, { name: 'pad' }), 2, 'conv'));
    };
    const kinds = (graph: Graph): string[] =>
      runPasses(graph, [canonicalize, eliminateDead]).nodes.map((node) => node.op.kind);
    expect(after(build(0), canonicalize, eliminateDead)[0]).toContain('"pads":[1,2,3,4]');
    expect(kinds(build(1))).toEqual(['pad', 'conv2d']);
    expect(kinds(build(0, 1))).toEqual(['pad', 'conv2d']);
  });

  test('gated activations get their names', () => {
    const s = new Sketch();
    const x = s.input(2, 3);
    const silu = s.steps(x, 'silu', [{ kind: 'mul', operand: 1 }], s.steps(x, 'gate', [{ kind: 'sigmoid' }]));
    const swish = s.steps(
      s.steps(x, 'hard', [{ kind: 'hardSigmoid', alpha: Math.fround(1 / 6), beta: 0.5 }]),
      'swish',
      [{ kind: 'mul', operand: 1 }],
      x,
    );
    const neither = s.steps(
      s.steps(x, 'other', [{ kind: 'hardSigmoid', alpha: 0.2, beta: 0.5 }]),
      'neither',
      [{ kind: 'mul', operand: 1 }],
      x,
    );
    expect(after(s.finish(silu, swish, neither), canonicalize, eliminateDead).slice(0, 3)).toEqual([
      '%1 = elementwise(%0) "silu" {"epilogue":[{"kind":"silu"}]} : f32[2,3] "silu"',
      '%2 = elementwise(%0) "swish" {"epilogue":[{"kind":"hardSwish"}]} : f32[2,3] "swish"',
      '%3 = elementwise(%0) "other" {"epilogue":[{"kind":"hardSigmoid","alpha":0.2,"beta":0.5}]} : f32[2,3] "other"',
    ]);
  });
});

describe('fuse-epilogue', () => {
  test('bias, residual and activation in graph order', () => {
    const s = new Sketch();
    const x = s.input(1, 2, 4, 4);
    const sum = s.steps(s.conv(x, 2, 'conv'), 'sum', [{ kind: 'add', operand: 1 }], x);
    expect(after(s.finish(s.steps(sum, 'relu', [{ kind: 'relu' }])), fuseEpilogue)).toEqual([
      '%2 = conv2d(%0, %1, %0) "conv" {"strides":[1,1],"dilations":[1,1],"pads":[0,0,0,0],"groups":1,"epilogue":[{"kind":"add","operand":2},{"kind":"relu"}]} : f32[1,2,4,4] "relu"',
      'output "y0" = %2',
    ]);
  });

  test('the convolution may be either operand; a difference keeps its sides', () => {
    const s = new Sketch();
    const x = s.input(1, 2, 4, 4);
    const y = s.steps(x, 'difference', [{ kind: 'sub', operand: 1 }], s.conv(x, 2, 'conv'));
    expect(after(s.finish(y), fuseEpilogue)[0]).toContain('"epilogue":[{"kind":"rsub","operand":2}]');
  });

  test('a residual of two convolutions goes into the later one', () => {
    const s = new Sketch();
    const x = s.input(1, 2, 4, 4);
    const [a, b] = [s.conv(x, 2, 'a'), s.conv(x, 2, 'b')];
    expect(after(s.finish(s.steps(a, 'sum', [{ kind: 'add', operand: 1 }], b)), fuseEpilogue)).toHaveLength(3);
  });

  test('a value others read stays', () => {
    const s = new Sketch();
    const conv = s.conv(s.input(1, 2, 4, 4), 2, 'conv');
    expect(after(s.finish(s.steps(conv, 'relu', [{ kind: 'relu' }]), conv), fuseEpilogue)).toHaveLength(4);
  });

  test('an operand larger than the result is no epilogue', () => {
    const s = new Sketch();
    const conv = s.conv(s.input(1, 2, 1, 1), 2, 'conv');
    expect(
      after(s.finish(s.steps(conv, 'grow', [{ kind: 'add', operand: 1 }], s.input(1, 2, 3, 3))), fuseEpilogue),
    ).toHaveLength(3);
  });

  test('elementwise chains become one node', () => {
    const s = new Sketch();
    const x = s.input(3, 4);
    const y = s.steps(
      s.steps(s.steps(x, 'a', [{ kind: 'exp' }]), 'b', [{ kind: 'add', operand: 1 }], s.constant([4])),
      'c',
      [{ kind: 'tanh' }],
    );
    expect(after(s.finish(y), fuseEpilogue)[0]).toContain(
      '"a" {"epilogue":[{"kind":"exp"},{"kind":"add","operand":1},{"kind":"tanh"}]}',
    );
  });

  test('a chain without end becomes several nodes', () => {
    const s = new Sketch();
    let y = s.input(3, 4);
    for (let index = 0; index < 100; index++) y = s.steps(y, `s${index}`, [{ kind: index % 2 === 0 ? 'exp' : 'neg' }]);
    const lines = after(s.finish(y), fuseEpilogue);
    expect(lines.slice(0, -1).map((line) => line.match(/"kind"/g)?.length)).toEqual([32, 32, 32, 4]);
  });

  test('unfuse splits from the first step the backend cannot take', () => {
    const s = new Sketch();
    const epilogue: EpilogueStep[] = [{ kind: 'bias', operand: 2 }, { kind: 'tanh' }, { kind: 'mul', operand: 3 }];
    const y = s.conv(s.input(1, 2, 4, 4), 2, 'conv', epilogue, [s.constant([2]), s.constant([1, 2, 4, 4])]);
    const lines = after(
      s.finish(y),
      unfuseEpilogue((_, __, step) => step.kind !== 'tanh'),
    );
    expect(lines[0]).toContain('"epilogue":[{"kind":"bias","operand":2}]} : f32[1,2,4,4] "conv.linear"');
    expect(lines[1]).toContain('"conv.epilogue" {"epilogue":[{"kind":"tanh"},{"kind":"mul","operand":1}]}');
  });
});

describe('layouts', () => {
  test('pictures become channel-major, with one move at the border', () => {
    const s = new Sketch();
    const y = s.conv(s.steps(s.conv(s.input(2, 3, 4, 4), 4, 'a'), 'relu', [{ kind: 'relu' }]), 5, 'b');
    const lines = after(s.finish(y), assignLayout(POLICY), cancelTransposes, eliminateDead);
    expect(lines.map((line) => /= ([a-zA-Z0-9]+)\(.*: (\S+)/.exec(line)?.slice(1).join(' ') ?? line)).toEqual([
      'relayout f32[2,3,4,4]:cnhw',
      'conv2d f32[2,4,4,4]:cnhw',
      'elementwise f32[2,4,4,4]:cnhw',
      'conv2d f32[2,5,4,4]:cnhw',
      'relayout f32[2,5,4,4]',
      'output "y0" = %7',
    ]);
  });

  test('a transpose to NHWC and back costs nothing', () => {
    const s = new Sketch();
    const nhwc = s.builder.apply(
      transpose,
      [s.conv(s.input(1, 3, 4, 4), 4, 'a')],
      { perm: [0, 2, 3, 1] },
      { name: 'to' },
    );
    const back = s.builder.apply(
      transpose,
      [s.steps(nhwc, 'relu', [{ kind: 'relu' }])],
      { perm: [0, 3, 1, 2] },
      { name: 'from' },
    );
    const lines = after(s.finish(s.conv(back, 2, 'b')), assignLayout(POLICY), cancelTransposes, eliminateDead);
    expect(lines.filter((line) => line.includes('= relayout('))).toHaveLength(2);
  });

  test('a relayout of a relayout moves once or not at all', () => {
    const s = new Sketch();
    const x = s.input(2, 3, 4, 4);
    const move = (value: ValueId, name: string, major: boolean): ValueId =>
      s.builder.apply(
        relayout,
        [value],
        {},
        { name, types: [tensorType('f32', [2, 3, 4, 4], major ? channelMajor(4) : undefined)] },
      );
    const y = move(move(x, 'there', true), 'back', false);
    expect(after(s.finish(y), cancelTransposes, eliminateDead)).toEqual(['output "y0" = %0']);
  });
});

test('eliminate-dead drops what no output needs and keeps every input', () => {
  const s = new Sketch();
  const x = s.input(1, 2, 4, 4);
  const unused = s.input(3);
  s.conv(x, 7, 'dead');
  const graph = eliminateDead.run(s.finish(s.conv(x, 2, 'live')));
  expect(graph.nodes.map((node) => node.name)).toEqual(['live']);
  expect(graph.inputs).toHaveLength(2);
  expect(unused).toBe(1);
});

test('a residual block becomes two convolutions', () => {
  const s = new Sketch();
  const x = s.input(1, 4, 6, 6);
  const a = s.steps(s.norm(s.conv(x, 4, 'conv1'), 'bn1'), 'relu1', [{ kind: 'relu' }]);
  const b = s.norm(s.conv(a, 4, 'conv2'), 'bn2');
  const sum = s.steps(s.steps(b, 'add', [{ kind: 'add', operand: 1 }], x), 'relu2', [{ kind: 'relu' }]);
  const pooled = s.builder.apply(
    pool2d,
    [sum],
    {
      mode: 'max',
      kernel: [2, 2],
      strides: [2, 2],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      ceil: false,
      countIncludePad: false,
    },
    { name: 'pool' },
  );
  expect(optimize(s.finish(pooled)).nodes.map((node) => node.op.kind)).toEqual(['conv2d', 'conv2d', 'pool2d']);
});
