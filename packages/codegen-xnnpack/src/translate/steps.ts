import type { EpilogueStep, StepKind } from '@ait-rvv/ir';
import { boundsArguments, boundsOf, type Bounds } from '../bounds.js';
import type { Ref, SubgraphWriter } from '../subgraph.js';

/** What a step works on. */
export interface StepPlace {
  readonly step: EpilogueStep;
  readonly x: Ref;
  /** The operand, for steps that have one. */
  readonly y: Ref | undefined;
  readonly to: Ref;
  /** What to clip the result to, for functions that can. */
  readonly bounds: Bounds;
}

/** One elementwise step as functions of XNNPACK. */
export interface StepTranslation {
  /** The function clips its result. */
  readonly clips: boolean;
  readonly functions: (step: EpilogueStep) => readonly string[];
  readonly refuse?: (step: EpilogueStep) => string | undefined;
  readonly define: (subgraph: SubgraphWriter, place: StepPlace) => void;
}

function unary(name: string): StepTranslation {
  return {
    clips: false,
    functions: () => [name],
    define: (subgraph, { x, to }) => subgraph.call(`xnn_define_${name}`, x, to, 0),
  };
}

/** Arithmetic, with bounds. */
function arithmetic(name: string, swapped = false): StepTranslation {
  return {
    clips: true,
    functions: () => [name],
    define(subgraph, { x, y = x, to, bounds }) {
      const operands = swapped ? [y, x] : [x, y];
      subgraph.call(`xnn_define_${name}`, ...boundsArguments(bounds), ...operands, to, 0);
    },
  };
}

function selection(name: string): StepTranslation {
  return {
    clips: false,
    functions: () => [name],
    define: (subgraph, { x, y = x, to }) => subgraph.call(`xnn_define_${name}`, x, y, to, 0),
  };
}

const clamp: StepTranslation = {
  clips: false,
  functions: () => ['clamp'],
  refuse: (step) => (boundsOf(step) === undefined ? 'XNNPACK clips to an interval that is not a point' : undefined),
  define(subgraph, { step, x, to }) {
    const bounds = boundsOf(step);
    if (bounds === undefined) throw new Error('a step without bounds was not refused');
    subgraph.call('xnn_define_clamp', ...boundsArguments(bounds), x, to, 0);
  },
};

const leakyRelu: StepTranslation = {
  clips: false,
  functions: () => ['leaky_relu'],
  define(subgraph, { step, x, to }) {
    const alpha = step.kind === 'leakyRelu' ? step.alpha : 0;
    subgraph.call('xnn_define_leaky_relu', { float: alpha }, x, to, 0);
  },
};

const reciprocal: StepTranslation = {
  clips: true,
  functions: () => ['divide'],
  define(subgraph, { x, to, bounds }) {
    subgraph.call('xnn_define_divide', ...boundsArguments(bounds), subgraph.scalar(1), x, to, 0);
  },
};

/** x · sigmoid(x) */
const silu: StepTranslation = {
  clips: true,
  functions: () => ['sigmoid', 'multiply2'],
  define(subgraph, { x, to, bounds }) {
    const gate = subgraph.temporary(x.dims);
    subgraph.call('xnn_define_sigmoid', x, gate, 0);
    subgraph.call('xnn_define_multiply2', ...boundsArguments(bounds), x, gate, to, 0);
  },
};

/** alpha · x + beta, clipped to [0, 1] */
const hardSigmoid: StepTranslation = {
  clips: false,
  functions: () => ['multiply2', 'add2'],
  define(subgraph, { step, x, to }) {
    const { alpha, beta } = step.kind === 'hardSigmoid' ? step : { alpha: 1, beta: 0 };
    const scaled = subgraph.temporary(x.dims);
    const unbounded = boundsArguments({ min: -Infinity, max: Infinity });
    subgraph.call('xnn_define_multiply2', ...unbounded, x, subgraph.scalar(alpha), scaled, 0);
    subgraph.call('xnn_define_add2', ...boundsArguments({ min: 0, max: 1 }), scaled, subgraph.scalar(beta), to, 0);
  },
};

const lacking = (what: string): string => `XNNPACK of 2022 has no ${what}`;

const whole = 'XNNPACK computes with real numbers';

/** Every step: its translation, or why there is none. */
export const STEP_TRANSLATIONS = {
  bias: arithmetic('add2'),
  add: arithmetic('add2'),
  sub: arithmetic('subtract'),
  rsub: arithmetic('subtract', true),
  mul: arithmetic('multiply2'),
  div: arithmetic('divide'),
  rdiv: arithmetic('divide', true),
  min: selection('minimum2'),
  max: selection('maximum2'),
  pow: lacking('powers'),
  relu: clamp,
  clamp,
  leakyRelu,
  sigmoid: unary('sigmoid'),
  hardSigmoid,
  hardSwish: unary('hardswish'),
  silu,
  tanh: lacking('tanh'),
  gelu: lacking('GELU'),
  neg: unary('negate'),
  abs: unary('abs'),
  exp: lacking('exp'),
  log: lacking('log'),
  sqrt: unary('square_root'),
  reciprocal,
  erf: lacking('erf'),
  floor: unary('floor'),
  ceil: unary('ceiling'),
  round: lacking('rounding that is known to be to even'),
  fmod: lacking('remainders'),
  prelu: lacking('PReLU with a slope that is computed or broadcast otherwise than by channel'),
  mod: whole,
  and: whole,
  or: whole,
  xor: whole,
  not: whole,
  softplus: lacking('softplus'),
  softsign: lacking('softsign'),
  mish: lacking('Mish'),
  sign: lacking('sign'),
  sin: lacking('sine'),
  cos: lacking('cosine'),
  elu: lacking('ELU for any alpha'),
  selu: lacking('SELU'),
  celu: lacking('CELU'),
  thresholdedRelu: lacking('thresholded ReLU'),
} as const satisfies Record<StepKind, StepTranslation | string>;
