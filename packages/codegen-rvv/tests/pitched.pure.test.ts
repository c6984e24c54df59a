import { lower, scheduleGraph, selectKernels } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import {
  concat,
  conv2d,
  elementCount,
  GraphBuilder,
  isOp,
  layoutText,
  optimize,
  outputOf,
  pool2d,
  relayout,
  storedElements,
  tensorType,
  typeAt,
  typeBytes,
  type Conv2dAttrs,
  type Graph,
  type ValueId,
} from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { randomTensor } from '../../../tools/testing/tensors.js';

const backend = rvvBackend(undefined, { pitch: 0 });

/** Layouts of the results of convolutions and pools, by name. */
function layoutsOf(graph: Graph, least = 0): Record<string, string> {
  const lowered = lower(graph, rvvBackend(undefined, { pitch: least }));
  const pictures = lowered.nodes.filter((node) => isOp(node, conv2d) || isOp(node, pool2d));
  return Object.fromEntries(
    pictures.map((node) => [node.name, layoutText(typeAt(lowered, outputOf(node)).layout)] as const),
  );
}

/** A graph of 3x3 convolutions of 8 channels on 12x12 positions. */
class Sketch {
  readonly builder = new GraphBuilder('sketch');
  readonly x = this.builder.input('x', tensorType('f32', [1, 8, 12, 12]));

  conv(name: string, from: ValueId, { groups = 1, ...attrs }: Partial<Conv2dAttrs> = {}, add?: ValueId): ValueId {
    const weight = this.builder.constant(`${name}.w`, randomTensor([8, 8 / groups, 3, 3], 1));
    const around = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const;
    const epilogue = add === undefined ? [] : [{ kind: 'add', operand: 2 } as const];
    const inputs = [from, weight, ...(add === undefined ? [] : [add])];
    return this.builder.apply(conv2d, inputs, { ...around, groups, epilogue, ...attrs }, { name });
  }

  /** Layouts of the results when `value` is the output. */
  layouts(...values: readonly ValueId[]): Record<string, string> {
    values.forEach((value, index) => this.builder.output(`y${index}`, value));
    return layoutsOf(this.builder.build());
  }
}

const DOWN = { strides: [2, 2] } as const;

describe('which pictures lie on a pitch', () => {
  test('those between convolutions, but no output of the graph', () => {
    const s = new Sketch();
    expect(s.layouts(s.conv('b', s.conv('a', s.x)))).toEqual({ a: 'cnhw+1', b: 'cnhw/16' });
  });

  test('in phases where every reader has a stride of 2, with an even number of rows and columns', () => {
    const s = new Sketch();
    const [a, b] = [s.conv('a', s.x), s.conv('b', s.x)];
    const read = s.conv('c', b, DOWN);
    expect(s.layouts(s.conv('d', a, DOWN), read, s.conv('e', b))).toMatchObject({ a: 'cnhw+1x2', b: 'cnhw/16' });
    const odd = new Sketch();
    const cut = odd.conv('a', odd.x, { pads: [0, 0, 1, 1] });
    expect(odd.layouts(odd.conv('b', cut, DOWN))).toEqual({ a: 'cnhw/16', b: 'cnhw/16' });
  });

  test('with a gap as wide as the widest window reaches', () => {
    const s = new Sketch();
    const wide = { dilations: [3, 3], pads: [3, 3, 3, 3] } as const;
    const a = s.conv('a', s.x);
    expect(s.layouts(s.conv('b', a, wide), s.conv('c', a))).toMatchObject({ a: 'cnhw+3' });
  });

  test('what is added lies where the positions do that it is added at', () => {
    const s = new Sketch();
    const a = s.conv('a', s.x);
    const b = s.conv('b', a);
    const shortcut = s.conv('shortcut', a);
    const c = s.conv('c', b, {}, shortcut);
    expect(s.layouts(s.conv('d', c))).toEqual({
      ...{ a: 'cnhw+1', b: 'cnhw+1', shortcut: 'cnhw+1', c: 'cnhw+1', d: 'cnhw/16' },
    });
  });

  test('not where what is added has fewer positions than the picture it is added behind', () => {
    const s = new Sketch();
    const none = { pads: [0, 0, 0, 0] } as const;
    const [a, b] = [s.conv('a', s.x), s.conv('b', s.x, none)];
    const c = s.conv('c', b);
    expect(s.layouts(s.conv('d', a, none, c))).toMatchObject({ a: 'cnhw/16', b: 'cnhw+1', c: 'cnhw/16' });
  });

  test('not where a constant for every position is added', () => {
    const s = new Sketch();
    const a = s.conv('a', s.x);
    const everywhere = s.builder.constant('everywhere', randomTensor([1, 8, 12, 12], 2));
    const channels = s.builder.constant('channels', randomTensor([1, 8, 1, 1], 3));
    const b = s.conv('b', a, {}, everywhere);
    expect(s.layouts(s.conv('d', s.conv('c', b, {}, channels)))).toMatchObject({
      a: 'cnhw/16',
      b: 'cnhw+1',
      c: 'cnhw+1',
    });
  });

  test('not where something that lies elsewhere is added', () => {
    const s = new Sketch();
    const a = s.conv('a', s.x);
    expect(s.layouts(s.conv('b', a, {}, s.x))).toEqual({ a: 'cnhw/16', b: 'cnhw/16' });
  });

  test('not where anything else reads them', () => {
    const s = new Sketch();
    const a = s.conv('a', s.x);
    const joined = s.builder.apply(concat, [a, s.conv('b', a)], { axis: 1 }, { name: 'join' });
    expect(s.layouts(joined)).toEqual({ a: 'cnhw/16', b: 'cnhw/16' });
    const depthwise = new Sketch();
    const before = depthwise.conv('a', depthwise.x);
    expect(depthwise.layouts(depthwise.conv('b', before, { groups: 8 }))).toEqual({ a: 'cnhw/16', b: 'cnhw/16' });
  });

  test('not where the strides differ, or are larger', () => {
    for (const strides of [
      [1, 2],
      [3, 3],
    ] as const) {
      const s = new Sketch();
      expect(s.layouts(s.conv('b', s.conv('a', s.x), { strides }))).toEqual({ a: 'cnhw/16', b: 'cnhw/16' });
    }
  });
});

describe('ResNet-18', () => {
  const network = optimize(buildZooModel(parseZooReference('zoo:resnet18@224')));

  test('all of it, from the pool to the last but one convolution, without a copy', () => {
    const lowered = lower(network, backend);
    const layouts = layoutsOf(network);
    expect(layouts).toMatchObject({ conv1: 'cnhw/16', maxpool: 'cnhw+1', 'layer1.0.conv2': 'cnhw+1' });
    expect(layouts).toMatchObject({ 'layer1.1.conv2': 'cnhw+1x2', 'layer2.0.downsample.0': 'cnhw+1' });
    expect(Object.values(layouts).filter((text) => text.startsWith('cnhw+'))).toHaveLength(19);
    const moved = lowered.nodes.filter((node) => isOp(node, relayout) && node.name.includes('layer'));
    expect(moved.filter((node) => typeAt(lowered, node.inputs[0] ?? -1).layout.pitch !== undefined)).toEqual([]);
  });

  test('only pictures that are large enough, where so many positions are asked for', () => {
    const layouts = layoutsOf(network, 56 * 56);
    expect(layouts).toMatchObject({ 'layer1.1.conv2': 'cnhw+1x2', 'layer2.0.conv1': 'cnhw/16' });
  });

  test('the memory planner knows how much room they take', () => {
    const lowered = lower(network, backend);
    const { memory, storage } = scheduleGraph(lowered, selectKernels(lowered, backend));
    const results = lowered.nodes.flatMap(({ outputs }) => outputs);
    const pitched = results.filter((id) => typeAt(lowered, id).layout.pitch !== undefined);
    expect(pitched).toHaveLength(19);
    for (const id of pitched) {
      const { shape, layout } = typeAt(lowered, id);
      const bytes = typeBytes(typeAt(lowered, id));
      expect(bytes).toBe(4 * storedElements(shape, layout));
      expect(bytes).toBeGreaterThan(4 * elementCount(shape));
      const { root, byteOffset } = storage.locate(id);
      expect((memory.offsets.get(root) ?? Infinity) + byteOffset + bytes).toBeLessThanOrEqual(memory.arenaBytes);
    }
  });

  test('rivals of a backend: one for each size of pictures', () => {
    const plain = rvvBackend();
    const rivals = plain.rivals?.(lower(network, plain)) ?? [];
    const counts = rivals.map((rival) => {
      const lowered = lower(network, rival);
      return lowered.values.filter(({ type }) => type.layout.pitch !== undefined).length;
    });
    expect(counts).toEqual([5, 10, 15, 19]);
    expect(rivals[0]?.rivals?.(lower(network, plain))).toEqual([]);
  });
});
