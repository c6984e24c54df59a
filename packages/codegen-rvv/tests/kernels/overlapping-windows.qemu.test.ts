import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, type Conv2dAttrs, type EpilogueStep } from '@ait-rvv/ir';
import { CaseGraph } from './case-graph.js';
import { checkCases } from './check-cases.js';
import { selectNamed } from './named-candidates.js';

interface Picture extends Partial<Omit<Conv2dAttrs, 'epilogue'>> {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly k: readonly [number, number];
}

/** Pictures whose strips lie within rows, across them, and beyond the last; of kernels that keep windows together. */
const PICTURES: Readonly<Record<string, Picture>> = {
  '3x3': { x: [1, 4, 5, 37], k: [3, 3], pads: [1, 1, 1, 1] },
  'rows of whole strips': { x: [2, 3, 4, 64], k: [3, 3], pads: [1, 1, 1, 1] },
  'rows little longer than a strip': { x: [3, 4, 6, 9], k: [3, 3], pads: [1, 1, 1, 1] },
  'no pads': { x: [1, 4, 5, 39], k: [3, 3] },
  'uneven pads': { x: [1, 3, 4, 40], k: [3, 3], pads: [0, 2, 1, 0] },
  'wide pads': { x: [1, 2, 2, 9], k: [2, 3], pads: [3, 20, 2, 11] },
  'stride 2': { x: [2, 4, 7, 67], k: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  '7x7 stem': { x: [1, 3, 13, 71], k: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] },
  'stride 2 along the width alone': { x: [1, 4, 4, 70], k: [2, 4], strides: [1, 2], pads: [0, 1, 1, 0] },
  'stride 3': { x: [1, 2, 8, 100], k: [5, 5], strides: [3, 3], pads: [2, 2, 2, 2] },
  'dilation 3': { x: [1, 4, 9, 41], k: [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3] },
  '2 groups': { x: [1, 4, 5, 34], k: [3, 3], groups: 2, pads: [1, 1, 1, 1] },
  'one line': { x: [2, 4, 1, 70], k: [1, 5], pads: [0, 2, 0, 2] },
};

/** Tiles of these kernels, among those they offer: two strips and one, low and high register groups. */
const DENSE = { conv_mec: [0, 4], conv_staged: [0] };
const PRUNED = { conv_mec: [8], conv_staged: [2] };

const RESIDUAL: readonly EpilogueStep[] = [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }];
const CHANNELS = 18;

function casesOf(title: string, pruned: boolean): CaseGraph {
  const cases = new CaseGraph(title);
  for (const [name, { x, k, ...given }] of Object.entries(PICTURES)) {
    const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], groups: 1, ...given } as const;
    const [n, c, h, w] = x;
    const shape = [CHANNELS, c / attrs.groups, ...k];
    const [depth] = [(c / attrs.groups) * k[0] * k[1]];
    const out = [h, w].map((extent, axis) => {
      const [kernel, stride, dilation] = [k[axis] ?? 1, attrs.strides[axis] ?? 1, attrs.dilations[axis] ?? 1];
      const padded = extent + (attrs.pads[axis] ?? 0) + (attrs.pads[axis + 2] ?? 0);
      return Math.floor((padded - (kernel - 1) * dilation - 1) / stride) + 1;
    });
    for (const [kernel, indices] of Object.entries(pruned ? PRUNED : DENSE)) {
      for (const index of indices) {
        const label = `${name}, ${kernel}#${index}`;
        const weight = pruned
          ? cases.pruned(shape, { tileRows: 9, kept: Math.ceil(depth / 2) })
          : cases.constant(shape);
        const inputs = [cases.input(x), weight, cases.constant([CHANNELS]), cases.input([n, CHANNELS, ...out])];
        cases.case(label, cases.builder.apply(conv2d, inputs, { ...attrs, epilogue: RESIDUAL }, { name: label }));
      }
    }
  }
  return cases;
}

const options = { select: selectNamed(rvvBackend()) };
checkCases('dense windows kept together', casesOf('dense windows', false), options);
checkCases('pruned windows kept together', casesOf('pruned windows', true), options);
