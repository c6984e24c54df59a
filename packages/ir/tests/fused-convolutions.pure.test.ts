import {
  conv2d,
  eliminateDead,
  fuseDepthwise,
  fusePrologue,
  multiplyAddsOf,
  parseGraph,
  pool2d,
  poolFirst,
  printGraph,
  runPasses,
  type EpilogueStep,
  type Graph,
  type Pass,
  type Pool2dAttrs,
  type ValueId,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { after, CONV, Sketch } from './sketch.js';

describe('fuse-prologue', () => {
  const NORMALISE: readonly EpilogueStep[] = [
    { kind: 'mul', operand: 1 },
    { kind: 'add', operand: 2 },
    { kind: 'relu' },
  ];
  const always = fusePrologue(() => true);

  test('the steps before a convolution become its own, their operands its inputs', () => {
    const s = new Sketch();
    const [scale, shift] = [s.constant([1, 3, 1, 1]), s.constant([1, 3, 1, 1])];
    const x = s.input(1, 3, 4, 4);
    const normal = s.steps(x, 'norm', NORMALISE, scale, shift);
    const y = s.conv(normal, 2, 'conv', [{ kind: 'bias', operand: 2 }], [s.constant([2])]);
    expect(after(s.finish(y), always)).toEqual([
      '%5 = conv2d(%0, %1, %2, %3, %4) "conv" {"strides":[1,1],"dilations":[1,1],"pads":[0,0,0,0],"groups":1,"epilogue":[{"kind":"bias","operand":2}],"prologue":[{"kind":"mul","operand":3},{"kind":"add","operand":4},{"kind":"relu"}]} : f32[1,2,4,4] "conv"',
      'output "y0" = %5',
    ]);
  });

  test('padding stays zero behind steps that make something of zeros', () => {
    const s = new Sketch();
    const hot = s.steps(s.input(1, 3, 4, 4), 'exp', [{ kind: 'exp' }]);
    const attrs = { ...CONV, pads: [1, 1, 1, 1] } as const;
    const y = s.builder.apply(conv2d, [hot, s.constant([2, 3, 3, 3])], attrs, { name: 'conv' });
    expect(after(s.finish(y), always)[0]).toContain('"prologue":[{"kind":"exp"}]');
  });

  test.each<[string, (s: Sketch) => Graph, Pass]>([
    [
      'the backend cannot',
      (s) => s.finish(s.conv(s.steps(s.input(1, 2, 4, 4), 'relu', [{ kind: 'relu' }]), 2, 'conv')),
      fusePrologue(() => false),
    ],
    [
      'others read the result',
      (s) => {
        const relu = s.steps(s.input(1, 2, 4, 4), 'relu', [{ kind: 'relu' }]);
        return s.finish(s.conv(relu, 2, 'conv'), relu);
      },
      always,
    ],
    [
      'two convolutions read it',
      (s) => {
        const relu = s.steps(s.input(1, 2, 4, 4), 'relu', [{ kind: 'relu' }]);
        return s.finish(s.conv(relu, 2, 'a'), s.conv(relu, 2, 'b'));
      },
      always,
    ],
    [
      'the steps broadcast the input',
      (s) =>
        s.finish(
          s.conv(s.steps(s.input(1, 2, 1, 1), 'add', [{ kind: 'add', operand: 1 }], s.input(1, 2, 4, 4)), 2, 'conv'),
        ),
      always,
    ],
  ])('not where %s', (_, make, pass) => {
    const lines = after(make(new Sketch()), pass);
    expect(lines.join('\n')).not.toContain('prologue');
    expect(lines.filter((line) => line.includes('= elementwise('))).toHaveLength(1);
  });
});

describe('pool-first', () => {
  const MEAN = {
    mode: 'average',
    kernel: [2, 2],
    strides: [2, 2],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    ceil: false,
    countIncludePad: false,
  } as const;

  function transition(pool: Partial<Pool2dAttrs>, epilogue: readonly EpilogueStep[] = []): Graph {
    const s = new Sketch();
    const x = s.input(2, 8, 7, 6);
    const y = s.conv(x, 4, 'conv', epilogue, epilogue.some(({ kind }) => kind === 'bias') ? [s.constant([4])] : []);
    return s.finish(s.builder.apply(pool2d, [y], { ...MEAN, ...pool }, { name: 'pool' }));
  }

  /** The order of the two nodes afterwards. */
  const order = (graph: Graph) =>
    after(graph, poolFirst, eliminateDead).flatMap((line) => / "(conv|pool)" /.exec(line)?.[1] ?? []);

  test.each<[string, Partial<Pool2dAttrs>, readonly EpilogueStep[]]>([
    ['a mean', {}, []],
    ['with a bias', {}, [{ kind: 'bias', operand: 2 }]],
    ['of windows that overlap', { kernel: [3, 3] }, []],
  ])('%s comes before a 1x1 convolution', (_, pool, epilogue) => {
    expect(order(transition(pool, epilogue))).toEqual(['pool', 'conv']);
  });

  test.each<[string, Partial<Pool2dAttrs>, readonly EpilogueStep[]]>([
    ['a maximum', { mode: 'max' }, []],
    ['behind an activation', {}, [{ kind: 'relu' }]],
    ['with padding', { pads: [1, 1, 1, 1], kernel: [3, 3] }, []],
    ['of windows beyond the picture', { ceil: true }, []],
    ['of as many positions', { kernel: [1, 1], strides: [1, 1] }, []],
  ])('%s stays behind it', (_, pool, epilogue) => {
    expect(order(transition(pool, epilogue))).toEqual(['conv', 'pool']);
  });

  test('not where others read what is convolved', () => {
    const s = new Sketch();
    const y = s.conv(s.input(1, 8, 6, 6), 4, 'conv');
    const graph = s.finish(s.builder.apply(pool2d, [y], MEAN, { name: 'pool' }), y);
    expect(order(graph)).toEqual(['conv', 'pool']);
  });
});

describe('fuse-depthwise', () => {
  const always = fuseDepthwise(() => true);
  const BOUNDED: readonly EpilogueStep[] = [
    { kind: 'bias', operand: 2 },
    { kind: 'clamp', min: 0, max: 6 },
  ];

  function depthwise(s: Sketch, x: ValueId, name: string, epilogue: readonly EpilogueStep[] = BOUNDED): ValueId {
    const [, channels = 1] = s.builder.type(x).shape;
    const operands = epilogue.length === 0 ? [] : [s.constant([channels])];
    const attrs = { ...CONV, strides: [2, 1], pads: [1, 1, 0, 1], groups: channels, epilogue } as const;
    return s.builder.apply(conv2d, [x, s.constant([channels, 1, 3, 3]), ...operands], attrs, { name });
  }

  test('the depthwise convolution becomes a stage, its steps the prologue, their operands inputs', () => {
    const s = new Sketch();
    const between = depthwise(s, s.input(2, 3, 7, 5), 'depthwise');
    const y = s.conv(between, 4, 'conv', [{ kind: 'bias', operand: 2 }], [s.constant([4])]);
    expect(after(s.finish(y), always)).toEqual([
      '%5 = conv2d(%0, %1, %2, %3, %4) "conv" {"strides":[1,1],"dilations":[1,1],"pads":[0,0,0,0],"groups":1,"epilogue":[{"kind":"bias","operand":2}],"depthwise":{"strides":[2,1],"dilations":[1,1],"pads":[1,1,0,1],"weight":3},"prologue":[{"kind":"bias","operand":4},{"kind":"clamp","min":0,"max":6}]} : f32[2,4,3,5] "conv"',
      'output "y0" = %5',
    ]);
  });

  test('of three in a row the first two are a pair', () => {
    const s = new Sketch();
    const pair = s.conv(depthwise(s, s.input(1, 3, 7, 5), 'depthwise'), 3, 'second');
    const lines = after(s.finish(s.conv(pair, 4, 'third')), always);
    expect(lines.map((line) => [/"(second|third|y0)"/.exec(line)?.[1], line.includes('"depthwise"')])).toEqual([
      ['second', true],
      ['third', false],
      ['y0', false],
    ]);
  });

  test('the text form of such a graph can be read again', () => {
    const s = new Sketch();
    const fused = runPasses(s.finish(s.conv(depthwise(s, s.input(1, 3, 7, 5), 'depthwise'), 4, 'conv')), [always]);
    const text = printGraph(fused);
    expect(printGraph(parseGraph(text))).toBe(text);
  });

  test('multiply-adds are those of both', () => {
    const s = new Sketch();
    const graph = s.finish(s.conv(depthwise(s, s.input(1, 3, 7, 5), 'depthwise'), 4, 'conv'));
    const sum = (one: Graph): number => one.nodes.reduce((all, node) => all + multiplyAddsOf(one, node), 0);
    expect(sum(graph)).toBe(3 * 15 * 9 + 4 * 15 * 3);
    expect(sum(runPasses(graph, [always]))).toBe(sum(graph));
  });

  test.each<[string, (s: Sketch) => Graph, Pass]>([
    [
      'the backend cannot',
      (s) => s.finish(s.conv(depthwise(s, s.input(1, 2, 5, 5), 'd'), 2, 'c')),
      fuseDepthwise(() => false),
    ],
    [
      'others read the result',
      (s) => {
        const between = depthwise(s, s.input(1, 2, 5, 5), 'd');
        return s.finish(s.conv(between, 2, 'c'), between);
      },
      always,
    ],
    [
      'it is an operand of the other one',
      (s) => {
        const between = depthwise(s, s.input(1, 2, 9, 5), 'd');
        return s.finish(s.conv(s.input(1, 3, 4, 5), 2, 'c', [{ kind: 'add', operand: 2 }], [between]));
      },
      always,
    ],
    [
      'steps come before it already',
      (s) => {
        const relu = s.steps(s.input(1, 2, 5, 5), 'relu', [{ kind: 'relu' }]);
        const graph = s.finish(s.conv(depthwise(s, relu, 'd'), 2, 'c'));
        return runPasses(graph, [fusePrologue(() => true)]);
      },
      always,
    ],
  ])('not where %s', (_, make, pass) => {
    expect(after(make(new Sketch()), pass).join('\n')).not.toContain('"depthwise"');
  });
});
