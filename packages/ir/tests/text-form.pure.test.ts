import {
  GraphBuilder,
  matmul,
  elementwise,
  parseGraph,
  printGraph,
  tensorF32,
  tensorI64,
  tensorType,
  verifyGraph,
  channelMajor,
  optimize,
} from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';

function sample(): GraphBuilder {
  const builder = new GraphBuilder('a "graph"\n');
  const x = builder.input('x\u2028', tensorType('f32', [2, 3]));
  const w = builder.constant('w', tensorF32([3, 2], [1, 0.1, -0, Infinity, NaN, 1e-45]));
  const y = builder.apply(
    matmul,
    [x, w],
    { transA: false, transB: false, epilogue: [{ kind: 'clamp', min: -Infinity, max: 6 }] },
    { name: 'mm' },
  );
  builder.constant('indices', tensorI64([2], [-1, 2 ** 53]));
  builder.output('y', y);
  return builder;
}

describe('text form', () => {
  test('a small graph, line by line', () => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f32', [2, 4, 1, 1], channelMajor(4)));
    const b = builder.constant('b', tensorF32([1], [0.5]));
    builder.output(
      'y',
      builder.apply(
        elementwise,
        [x, b],
        { epilogue: [{ kind: 'add', operand: 1 }] },
        { name: 'plus', types: [tensorType('f32', [2, 4, 1, 1], channelMajor(4))] },
      ),
    );
    expect(printGraph(builder.build())).toBe(
      [
        'graph "g" {',
        '  %0 = input : f32[2,4,1,1]:cnhw "x"',
        '  %1 = const (0.5) : f32[1] "b"',
        '  %2 = elementwise(%0, %1) "plus" {"epilogue":[{"kind":"add","operand":1}]} : f32[2,4,1,1]:cnhw "plus"',
        '  output "y" = %2',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('special numbers and names survive', () => {
    const graph = sample().build();
    const text = printGraph(graph);
    const back = parseGraph(text);
    expect(back).toEqual(graph);
    expect(printGraph(back)).toBe(text);
  });

  test('a columnNM constant survives', () => {
    const builder = new GraphBuilder('sparse');
    const x = builder.input('x', tensorType('f32', [1, 4]));
    const w = builder.encoded('w', tensorType('f32', [4, 3]), {
      kind: 'columnNM',
      rowAxis: 0,
      n: 1,
      m: 2,
      tileRows: 2,
      values: tensorF32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]),
      columns: Uint32Array.of(0, 2, 1, 2),
    });
    builder.output('y', builder.apply(matmul, [x, w], { transA: false, transB: false, epilogue: [] }, { name: 'mm' }));
    const graph = builder.build();
    expect(parseGraph(printGraph(graph))).toEqual(graph);
  });

  test.each(['resnet18@32', 'mobilenet_v2@32', 'densenet121@32', 'squeezenet1_1@32'])(
    'zoo:%s, before and after the passes',
    (name) => {
      const graph = buildZooModel(parseZooReference(`zoo:${name}`));
      for (const one of [graph, optimize(graph)]) {
        const back = parseGraph(printGraph(one));
        verifyGraph(back);
        // Comparing the text compares every byte of the weights without a deep comparison of arrays.
        expect(printGraph(back) === printGraph(one)).toBe(true);
      }
    },
  );

  test('elided constants cannot be parsed back', () => {
    const graph = buildZooModel(parseZooReference('zoo:squeezenet1_1@32'));
    expect(() => parseGraph(printGraph(graph, { constants: 'elided' }))).toThrow(
      /AIT2201 line [0-9]+: the elements of this constant were left out when it was printed\./,
    );
  });

  test.each([
    ['', 'AIT2201 line 1: a graph begins with: graph "name" {'],
    ['graph "g" {', 'AIT2201 the graph has no end.'],
    ['graph "g" {\n}\nmore', 'AIT2201 line 3: there is text after the end of the graph.'],
    ['graph "g" {\n  nonsense\n}', 'AIT2201 line 2: this is no node, constant, input or output.'],
    ['graph "g" {\n  %1 = input : f32[2] "x"\n}', 'AIT2201 line 2: %1 comes where %0 is due.'],
    [
      'graph "g" {\n  %0 = const (1 2) : f32[3] "x"\n}',
      'AIT2201 line 2: the constant has not as many elements as its shape says.',
    ],
    ['graph "g" {\n  %0 = const (1 x) : f32[2] "x"\n}', 'AIT2201 line 2: an element is no number.'],
    ['graph "g" {\n  %0 = input : f33[2] "x"\n}', 'AIT2201 line 2: "f33[2] \\"x\\"" is no type.'],
    [
      'graph "g" {\n  %0 = input : f32[2] "x"\n  %1 = reshape(%0) "r" {} : f32[2] "r"\n}',
      'AIT2201 the attributes of a node do not fit its op.',
    ],
    [
      'graph "g" {\n  %0 = input : f32[2] "x"\n  %1 = reshape(%0) "r" {"shape":[3]} : f32[3] "r"\n}',
      'AIT2101 reshape "r": [2] cannot be reshaped to [3]',
    ],
    [
      'graph "g" {\n  %0 = input : f32[2] "x"\n  %1 = nothing(%0) "r" {} : f32[2] "r"\n}',
      'AIT2201 line 3: this is no node, constant, input or output.',
    ],
  ])('what is no graph: %j', (text, message) => {
    expect(() => parseGraph(text)).toThrow(new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
  });
});
