import { considerKernels, lower, RV64GCV, selectKernels, type Backend } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, GraphBuilder, tensorType, type Conv2dAttrs, type Graph } from '@ait-rvv/ir';
import { describe, expect, test } from 'vitest';
import { randomTensor } from '../../../tools/testing/tensors.js';
import { CaseGraph } from './kernels/case-graph.js';

const SAME = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], groups: 1, epilogue: [] } as const;

interface One {
  readonly channels?: number;
  readonly rows?: number;
  readonly extent?: number;
  readonly kernel?: number;
  readonly attrs?: Partial<Conv2dAttrs>;
}

function convolution({ channels = 64, rows = 64, extent = 28, kernel = 3, attrs = {} }: One): Graph {
  const builder = new GraphBuilder('g');
  const x = builder.input('x', tensorType('f32', [1, channels, extent, extent]));
  const shape = [rows, channels / (attrs.groups ?? 1), kernel, kernel];
  const weight = builder.constant('w', randomTensor(shape, 1));
  builder.output('y', builder.apply(conv2d, [x, weight], { ...SAME, ...attrs }, { name: 'layer' }));
  return builder.build();
}

function chosen(source: Graph, backend: Backend): string | undefined {
  const graph = lower(source, backend);
  return [...selectKernels(graph, backend)].find(([node]) => node.name === 'layer')?.[1].kernel;
}

function refusal(source: Graph): string | undefined {
  const backend = rvvBackend(RV64GCV, { winograd: true });
  const graph = lower(source, backend);
  const node = graph.nodes.find(({ name }) => name === 'layer');
  if (node === undefined) throw new Error('no node');
  return considerKernels(graph, node, backend).find(({ kernel }) => kernel === 'winograd')?.refusal;
}

describe('Winograd convolutions', () => {
  const on = rvvBackend(RV64GCV, { winograd: true });

  test('are computed only by a backend that was asked for them', () => {
    expect(chosen(convolution({}), rvvBackend())).toBe('conv_mec');
    expect(chosen(convolution({}), on)).toBe('winograd');
  });

  test('are left to other kernels where transforms cost more than they save', () => {
    expect(chosen(convolution({ channels: 3, extent: 56 }), on)).not.toBe('winograd');
    expect(chosen(convolution({ channels: 4, rows: 4 }), on)).not.toBe('winograd');
  });

  test.each([
    [{ kernel: 5 }, 'the kernel is 5x5, not 3x3'],
    [{ attrs: { strides: [2, 1] } }, 'stride 2x1 skips outputs'],
    [{ attrs: { dilations: [2, 2] } }, 'the kernel is dilated'],
    [{ attrs: { groups: 2 } }, 'the convolution has groups'],
  ] as const)('are refused: %j', (one, reason) => {
    expect(refusal(convolution(one))).toBe(reason);
  });

  test('are refused for pruned weights', () => {
    const cases = new CaseGraph('pruned');
    const inputs = [cases.input([1, 8, 9, 9]), cases.pruned([16, 8, 3, 3], { tileRows: 8, kept: 36 })];
    cases.case('y', cases.builder.apply(conv2d, inputs, SAME, { name: 'layer' }));
    expect(refusal(cases.build())).toBe('transformed weights would not be pruned any more');
  });

  test('leave what other kernels offer as it was', () => {
    const source = convolution({});
    const offered = (backend: Backend) => {
      const graph = lower(source, backend);
      const node = graph.nodes.find(({ name }) => name === 'layer');
      return node === undefined
        ? []
        : considerKernels(graph, node, backend).filter(({ kernel }) => kernel !== 'winograd');
    };
    expect(offered(on).map(({ kernel, candidates }) => [kernel, candidates.length])).toEqual(
      offered(rvvBackend()).map(({ kernel, candidates }) => [kernel, candidates.length]),
    );
  });
});
