import { lower, RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import {
  conv2d,
  GraphBuilder,
  isOp,
  multiplyAddsOf,
  optimize,
  tensorType,
  type Conv2dAttrs,
  type Graph,
} from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { CaseGraph } from '../../../tools/testing/cases/case-graph.js';
import { addSeparable } from '../../../tools/testing/cases/separable.js';
import { randomTensor } from '../../../tools/testing/tensors.js';

/** Names of the convolutions with a depthwise stage. */
function staged(graph: Graph, threads: number): string[] {
  const lowered = lower(graph, rvvBackend(RV64GCV, { threads }));
  return lowered.nodes.flatMap((node) => (isOp(node, conv2d) && node.attrs.depthwise !== undefined ? [node.name] : []));
}

describe('where depthwise convolutions become stages', () => {
  const network = optimize(buildZooModel(parseZooReference('zoo:mobilenet_v2@224')));

  test('MobileNet-V2: its largest results, for threads that do not share one second-level cache', () => {
    expect(staged(network, 8)).toEqual(['features.1.conv.1', 'features.3.conv.2']);
    const pictures = optimize(buildZooModel(parseZooReference('zoo:mobilenet_v2@224?batch=4')));
    // Of 28 rows, too, but not of 14, however many bytes they have.
    expect(staged(pictures, 8).map((name) => name.split('.')[1])).toEqual(['1', '3', '5', '6']);
    expect(staged(network, 4)).toEqual([]);
    expect(staged(network, 1)).toEqual([]);
  });

  const large = (attrs: Partial<Conv2dAttrs>, multiplier: number): Graph => {
    const builder = new GraphBuilder('g');
    const x = builder.input('x', tensorType('f32', [1, 32, 112, 112]));
    const around = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, epilogue: [] } as const;
    const taps = builder.constant('taps', randomTensor([32 * multiplier, 1, 3, 3], 1));
    const between = { ...around, pads: [1, 1, 1, 1], groups: 32, ...attrs } as const;
    const depthwise = builder.apply(conv2d, [x, taps], between, { name: 'depthwise' });
    const weight = builder.constant('weight', randomTensor([8, 32 * multiplier, 1, 1], 2));
    builder.output('y', builder.apply(conv2d, [depthwise, weight], around, { name: 'conv' }));
    return builder.build();
  };

  test.each<[string, Partial<Conv2dAttrs>, number, string[]]>([
    ['a plain one is a stage', {}, 1, ['conv']],
    ['any window may be', { dilations: [2, 3] }, 1, ['conv']],
    ['one that skips positions is not', { strides: [2, 2] }, 4, []],
    ['one with several results a channel is not', {}, 2, []],
  ])('%s', (_, attrs, multiplier, expected) => {
    expect(staged(large(attrs, multiplier), 8)).toEqual(expected);
  });
});

test('pruning the second weight leaves the multiply-adds of the stage as they are', () => {
  const cases = new CaseGraph('pruned');
  addSeparable(cases, 'one', { x: [1, 20, 6, 7], co: 14, kept: 5, kernel: [3, 3] });
  const graph = cases.build();
  const sum = graph.nodes.reduce((all, node) => all + multiplyAddsOf(graph, node), 0);
  expect(sum).toBe(6 * 7 * (20 * 9 + 14 * 5));
});
