import {
  broadcastShapes,
  channelMajor,
  channelsLast,
  CompileError,
  decodeWeight,
  elementwise,
  findViolations,
  formatDiagnostic,
  GraphBuilder,
  layoutStrides,
  layoutText,
  nearest,
  normalizeAxis,
  onPitch,
  parseLayout,
  pitchedGrid,
  quoteName,
  relayout,
  rowMajor,
  sameMemory,
  samePads,
  storedElements,
  tensorF32,
  tensorType,
  transposedLayout,
  windowOutput,
  type ColumnNMEncoding,
  type Graph,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';

describe('shape', () => {
  test('broadcasting follows numpy', () => {
    expect(broadcastShapes([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcastShapes([], [5])).toEqual([5]);
    expect(broadcastShapes([0, 3], [1, 3])).toEqual([0, 3]);
    expect(broadcastShapes([2], [3])).toBeUndefined();
  });

  test('a negative axis counts from the end', () => {
    expect([normalizeAxis(-1, 4), normalizeAxis(3, 4), normalizeAxis(4, 4), normalizeAxis(-5, 4)]).toEqual([
      3,
      3,
      undefined,
      undefined,
    ]);
  });

  test('windows: ResNet stem, ceil mode and a window that does not fit', () => {
    const stem = { kernel: 7, stride: 2, dilation: 1, padBegin: 3, padEnd: 3 };
    expect(windowOutput(224, stem)).toBe(112);
    const pool = { kernel: 3, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
    expect([windowOutput(8, pool), windowOutput(8, pool, true)]).toEqual([3, 4]);
    // The last window would begin in the end padding and is dropped.
    expect(windowOutput(4, { kernel: 1, stride: 3, dilation: 1, padBegin: 0, padEnd: 2 }, true)).toBe(2);
    expect(windowOutput(2, { ...pool, dilation: 2 })).toBe(0);
  });

  test('SAME padding puts the odd element at the end or the beginning', () => {
    expect(samePads(224, 3, 2, 1, true)).toEqual([0, 1]);
    expect(samePads(224, 3, 2, 1, false)).toEqual([1, 0]);
    expect(samePads(5, 1, 2, 1, true)).toEqual([0, 0]);
  });
});

describe('layout', () => {
  test.each([
    [rowMajor(4), ''],
    [channelsLast(4), 'nhwc'],
    [channelMajor(4), 'cnhw'],
    [channelMajor(4, 1, 16), 'cnhw/16'],
    [{ order: [1, 0] }, '(1,0)'],
    [onPitch({ gap: 1, phases: 1 }), 'cnhw+1'],
    [onPitch({ gap: 2, phases: 2 }), 'cnhw+2x2'],
  ])('%j reads back from its text', (layout, text) => {
    expect(layoutText(layout)).toBe(text);
    expect(parseLayout(text, layout.order.length)).toEqual(layout);
  });

  test('text that names no layout of the rank', () => {
    for (const text of ['nhwc', '(0,0)', '(1,2)', 'cnhw/0', 'abc', '(1,0)+1'])
      expect(parseLayout(text, 2)).toBeUndefined();
    for (const text of ['nhwc+1', 'cnhw+0', 'cnhw+1x3', 'cnhw/16+1', 'cnhw+1/16'])
      expect(parseLayout(text, 4)).toBeUndefined();
  });

  test('strides of CNHW', () => {
    expect(layoutStrides([2, 3, 4, 5], channelMajor(4))).toEqual([20, 40, 5, 1]);
  });

  test('axes of extent 1 do not count for where elements lie', () => {
    expect(sameMemory([1, 8, 4, 4], rowMajor(4), channelMajor(4))).toBe(true);
    expect(sameMemory([2, 8, 4, 4], rowMajor(4), channelMajor(4))).toBe(false);
  });

  test.each([
    [[1, 3, 4, 5], { gap: 1, phases: 1 }],
    [[3, 2, 4, 5], { gap: 2, phases: 1 }],
    [[1, 3, 4, 6], { gap: 1, phases: 2 }],
    [[2, 3, 6, 4], { gap: 2, phases: 2 }],
  ] as const)('on a pitch %j %j every element has a place, and zeros all around it', (shape, pitch) => {
    const [pictures, channels, rows, columns] = shape;
    const grid = pitchedGrid(shape, pitch);
    const places = new Map<number, string>();
    const { gap, phases } = pitch;
    const placeOf = (n: number, c: number, h: number, w: number): number =>
      c * grid.channel +
      ((h % phases) * phases + (w % phases)) * grid.plane +
      grid.lead +
      (n * grid.height + Math.floor(h / phases)) * grid.width +
      Math.floor(w / phases);
    const every = (visit: (n: number, c: number, h: number, w: number) => void): void => {
      for (let n = 0; n < pictures; n++)
        for (let c = 0; c < channels; c++)
          for (let h = 0; h < rows; h++) for (let w = 0; w < columns; w++) visit(n, c, h, w);
    };
    every((n, c, h, w) => places.set(placeOf(n, c, h, w), `${n} ${c} ${h} ${w}`));
    expect(places.size).toBe(pictures * channels * rows * columns);
    expect(Math.max(...places.keys())).toBeLessThan(storedElements(shape, onPitch(pitch)));
    every((n, c, h, w) => {
      for (let down = -gap; down <= gap; down++) {
        for (let right = -gap; right <= gap; right++) {
          // The neighbour in the same plane, or a zero within the tensor.
          const [row, column] = [h + down * phases, w + right * phases];
          const inside = row >= 0 && row < rows && column >= 0 && column < columns;
          const place = placeOf(n, c, h, w) + down * grid.width + right;
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThan(grid.elements);
          expect(places.get(place)).toBe(inside ? `${n} ${c} ${row} ${column}` : undefined);
        }
      }
    });
  });

  test('a transpose renames the axes of a layout', () => {
    // NHWC memory seen through the transpose to NHWC is row-major.
    expect(transposedLayout(channelsLast(4), [0, 2, 3, 1])).toEqual(rowMajor(4));
  });
});

describe('graph', () => {
  const build = (): GraphBuilder => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f32', [2, 2]));
    const y = builder.apply(elementwise, [x], { epilogue: [{ kind: 'relu' }] }, { name: 'x' });
    builder.output('out', y);
    return builder;
  };

  test('names are made unique', () => {
    const graph = build().build();
    expect(graph.values.map((value) => value.name)).toEqual(['x', 'x_2']);
    expect(findViolations(graph)).toEqual([]);
  });

  test('a value read before it is made, made twice, of a wrong type, or without producer is reported', () => {
    const graph = build().build();
    const broken = (change: Partial<Graph>): string =>
      findViolations({ ...graph, ...change })
        .map(formatDiagnostic)
        .join('\n');
    const [node] = graph.nodes;
    if (node === undefined) throw new Error('no node');
    expect(broken({ nodes: [{ ...node, inputs: [1] }] })).toBe(
      'AIT2001 elementwise "x": reads value 1 before it is made',
    );
    expect(broken({ nodes: [node, node] })).toBe('AIT2001 elementwise "x": defines value 1 a second time');
    expect(broken({ nodes: [] })).toBe('AIT2001 output "out": has no producer');
    const [x, y] = graph.values;
    if (x === undefined || y === undefined) throw new Error('no values');
    const type = tensorType('f32', [4]);
    expect(broken({ values: [x, { ...y, type }] })).toBe(
      'AIT2002 elementwise "x": output 0 is f32[4], inference says f32[2,2]',
    );
    expect(broken({ values: [x, { ...y, name: 'x' }] })).toBe('AIT2001 value 1: shares the name "x"');
  });

  test('relayout keeps the tensor', () => {
    expect(relayout.evaluate([tensorF32([2], [1, 2])], {})).toEqual([tensorF32([2], [1, 2])]);
  });
});

describe('diagnostics', () => {
  test('a finding reads as one line with what to do', () => {
    const text = formatDiagnostic({
      code: 'AIT2101',
      where: 'conv2d "stem"',
      message: 'does not fit.',
      hint: 'Set groups=2.',
    });
    expect(text).toBe('AIT2101 conv2d "stem": does not fit. Set groups=2.');
  });

  test('the gravest finding decides the kind', () => {
    const unsupported = { code: 'AIT1005', message: '' } as const;
    expect(new CompileError([unsupported]).kind).toBe('unsupported');
    expect(new CompileError([unsupported, { code: 'AIT1002', message: '' }]).kind).toBe('input');
    expect(
      new CompileError([
        { code: 'AIT1002', message: '' },
        { code: 'AIT2001', message: '' },
      ]).kind,
    ).toBe('bug');
  });

  test('names from a model cannot steer a terminal', () => {
    expect(quoteName('a\u001b[31m\u202eb')).toBe('"a\\u001b[31m\\u202eb"');
    expect(quoteName('x'.repeat(200))).toHaveLength(83);
  });

  test('what was probably meant', () => {
    expect(nearest('compil', ['compile', 'bench'])).toBe('compile');
    expect(nearest('xyz', ['compile', 'bench'])).toBeUndefined();
  });
});

describe('column-wise N:M constants', () => {
  const encoding = (change: Partial<ColumnNMEncoding> = {}): ColumnNMEncoding => ({
    kind: 'columnNM',
    n: 1,
    m: 2,
    tileRows: 2,
    rowAxis: 0,
    values: tensorF32([3, 2], [1, 2, 3, 4, 5, 6]),
    columns: Uint32Array.of(0, 3, 1, 2),
    ...change,
  });

  test('decode to the dense weight: columns are taps, channels fastest', () => {
    // [CO, CI, KH, KW] = [3, 2, 1, 2]: column k = kw·2 + ci.
    expect([...decodeWeight(encoding(), tensorType('f32', [3, 2, 1, 2])).data]).toEqual([
      1, 0, 0, 2, 3, 0, 0, 4, 0, 6, 5, 0,
    ]);
    expect([...decodeWeight(encoding({ rowAxis: 1 }), tensorType('f32', [4, 3])).data]).toEqual([
      1, 3, 0, 0, 0, 5, 0, 0, 6, 2, 4, 0,
    ]);
  });

  test.each([
    ['columns that do not ascend', { columns: Uint32Array.of(3, 0, 1, 2) }, 'keeps columns that do not ascend'],
    ['a column outside', { columns: Uint32Array.of(0, 4, 1, 2) }, 'keeps columns that do not ascend within [0, 4)'],
    ['too few columns', { columns: Uint32Array.of(0, 3) }, 'has 2 columns, 2 tiles of 2 need other'],
    ['rows that do not fit', { values: tensorF32([2, 3], [1, 2, 3, 4, 5, 6]) }, 'is no column-wise 1:2 form'],
    ['N above M', { n: 3 }, 'is no column-wise 3:2 form of f32[3,4] in tiles of 2'],
  ] as const)('the verifier finds %s', (_, change, message) => {
    const builder = new GraphBuilder('g');
    builder.output('w', builder.encoded('w', tensorType('f32', [3, 4]), encoding(change)));
    expect(findViolations(builder.build()).map((one) => one.message)).toEqual([expect.stringContaining(message)]);
  });
});
