import { RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { conv2d, type EpilogueStep } from '@ait-rvv/ir';
import { CaseGraph, stepName, UNARY_STEPS } from './case-graph.js';
import { checkCases } from './check-cases.js';
import { selectNamed } from './named-candidates.js';

const backend = rvvBackend(RV64GCV, { winograd: true });

/** Largest difference from the interpreter, as a part of the largest magnitude: eight times that of other kernels. */
const TOLERANCE = 1.6e-5;

const options = { backend, select: selectNamed(backend), tolerance: TOLERANCE };

interface Picture {
  readonly x: readonly [n: number, c: number, h: number, w: number];
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

/** Four shapes of tiles with two of the products each. */
const CANDIDATES = 8;

/** Output channels: row tiles of different heights, none of them a power of two. */
const ROWS = 19;

/** Met by every candidate. */
const PICTURES: Readonly<Record<string, Picture>> = {
  'odd extents': { x: [1, 5, 13, 17], pads: [1, 1, 1, 1] },
  'three pictures': { x: [3, 7, 6, 9], pads: [1, 1, 1, 1] },
  'uneven pads': { x: [2, 4, 7, 10], pads: [0, 2, 1, 0] },
};

/** Met by the smallest and the largest tiles. */
const FURTHER: Readonly<Record<string, Picture>> = {
  'no pads': { x: [1, 6, 11, 8], pads: [0, 0, 0, 0] },
  'wide pads': { x: [1, 2, 4, 3], pads: [5, 6, 4, 7] },
  'one channel': { x: [1, 1, 19, 19], pads: [1, 1, 1, 1] },
  'one position': { x: [1, 9, 3, 3], pads: [0, 0, 0, 0] },
  'no whole block': { x: [1, 4, 3, 3], pads: [1, 1, 1, 1] },
  'one line': { x: [2, 4, 1, 70], pads: [1, 1, 1, 1] },
  'one column': { x: [1, 4, 50, 1], pads: [1, 1, 1, 1] },
  'several rounds': { x: [1, 130, 20, 40], pads: [1, 1, 1, 1] },
};

const RESIDUAL: readonly EpilogueStep[] = [{ kind: 'bias', operand: 2 }, { kind: 'add', operand: 3 }, { kind: 'relu' }];

function addWinograd(cases: CaseGraph, name: string, { x, pads }: Picture, epilogue: readonly EpilogueStep[]): void {
  const [n, channels, h, w] = x;
  const attrs = { strides: [1, 1], dilations: [1, 1], pads, groups: 1, epilogue } as const;
  const result = [n, ROWS, h + pads[0] + pads[2] - 2, w + pads[1] + pads[3] - 2];
  const operands = epilogue === RESIDUAL ? [cases.constant([ROWS]), cases.input(result)] : [];
  const inputs = [cases.input(x), cases.constant([ROWS, channels, 3, 3]), ...operands];
  cases.case(name, cases.builder.apply(conv2d, inputs, attrs, { name }));
}

const shapes = new CaseGraph('winograd');
for (let index = 0; index < CANDIDATES; index++) {
  for (const [name, picture] of Object.entries(PICTURES))
    addWinograd(shapes, `${name} winograd#${index}`, picture, RESIDUAL);
}
for (const index of [0, CANDIDATES - 1]) {
  for (const [name, picture] of Object.entries(FURTHER))
    addWinograd(shapes, `${name} winograd#${index}`, picture, RESIDUAL);
}
checkCases('Winograd kernels', shapes, options);

/** The steps are the same functions in every kernel: one without operands, one of two parts, heavy ones. */
const SAMPLE = new Set(['relu', 'clamp', 'leakyRelu', 'silu', 'gelu']);
const epilogues = new CaseGraph('winograd epilogues');
UNARY_STEPS.filter(({ kind }) => SAMPLE.has(kind)).forEach((step, index) =>
  addWinograd(epilogues, `${stepName(step)} winograd#${index}`, { x: [1, 5, 8, 11], pads: [1, 1, 1, 1] }, [step]),
);
addWinograd(epilogues, 'none winograd#6', { x: [1, 5, 8, 11], pads: [1, 1, 1, 1] }, []);
checkCases('epilogues of Winograd kernels', epilogues, options);
