import { banner, type KernelSource } from '@ait-rvv/codegen-core';
import type { DType } from '@ait-rvv/ir';
import type { TemplateStep } from './epilogue.js';
import { expandTemplate } from './expand.js';
import { TEMPLATE_DTYPES } from './template-dtypes.js';

export interface SourceRequest {
  /** Element type of the kernel; default f32. */
  readonly dtype?: DType;
  /** Folder below templates/. */
  readonly family: string;
  /** What follows the family in the symbol: `7x4v`, `max`. */
  readonly variant: string;
  /** What follows the family in the name of the arguments, where the variant changes them. */
  readonly argsVariant?: string;
  readonly epilogue: readonly TemplateStep[];
  /** Steps that an operand goes through as it is loaded. */
  readonly prologue?: readonly TemplateStep[];
  /** Whether the epilogue's values come out of arithmetic; default: they come from memory. */
  readonly computed?: boolean;
  /** Further template parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Number of size_t parameters of the scratch function; 0 when there is none. */
  readonly scratchParameters?: number;
}

/** Longest epilogue spelled out in a symbol. */
const LONGEST_SIGNATURE = 40;

const cache = new Map<string, KernelSource>();

/** The C files of one kernel instantiation; equal requests give the same object. */
export function kernelSource(request: SourceRequest): KernelSource {
  const key = JSON.stringify(request);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = expandSource(request);
  cache.set(key, made);
  return made;
}

function expandSource(request: SourceRequest): KernelSource {
  const { family, epilogue, prologue } = request;
  const dtype = TEMPLATE_DTYPES[request.dtype ?? 'f32'];
  const symbol = ['ait', dtype.name, family, signature(prologue ?? []), request.variant, signature(epilogue)]
    .filter((part) => part !== '')
    .join('_');
  const argsType = ['ait', dtype.name, family, request.argsVariant, 'args']
    .filter((part) => part !== undefined)
    .join('_');
  const header = `${argsType}.h`;
  const steps = (variant: string): string => `ait_${dtype.name}_steps_${variant}.h`;
  const annotated = withCanonical(epilogue, request.computed ?? false);
  const parameters = {
    ...request.parameters,
    ...(prologue === undefined ? {} : { prologue: withCanonical(prologue, false) }),
    ...{ dtype, epilogue: annotated, symbol, args: argsType },
  };
  const files = new Map<string, string>();
  const add = (path: string, template: string, stepsHeader: string): void => {
    const text = expandTemplate(template, {
      ...parameters,
      args_header: `kernels/${header}`,
      steps_header: `kernels/${stepsHeader}`,
      lmuls: [1, 2, 4, 8],
    });
    files.set(path, `/* ${banner(template)} */\n${text}`);
  };
  const rvv = `src/kernels/rvv/${symbol}.c`;
  const scalar = `src/kernels/scalar/${symbol}.c`;
  add(`src/kernels/${header}`, `${family}/args.h.njk`, '');
  add(rvv, `${family}/rvv.c.njk`, steps('rvv'));
  add(scalar, `${family}/scalar.c.njk`, steps('scalar'));
  // Only kernels with an epilogue, and those of f32, whose exponentials others use, include the steps.
  if (epilogue.length > 0 || dtype.name === 'f32') {
    const kind = dtype.float ? 'steps' : 'whole_steps';
    add(`src/kernels/${steps('rvv')}`, `shared/${kind}_rvv.h.njk`, '');
    add(`src/kernels/${steps('scalar')}`, `shared/${kind}_scalar.h.njk`, '');
  }
  return { symbol, argsType, header, scratchParameters: request.scratchParameters ?? 0, files, rvv, scalar };
}

/** Steps after which a NaN is the canonical, positive one (F extension, "NaN generation and propagation"). */
const ARITHMETIC: ReadonlySet<TemplateStep['kind']> = new Set(['bias', 'add', 'sub', 'rsub', 'mul', 'div', 'rdiv']);

/** Steps that keep a canonical NaN as it is. */
const KEEPING: ReadonlySet<TemplateStep['kind']> = new Set(['relu', 'cap']);

/** Marks the steps whose value can have no NaN but the canonical one. */
function withCanonical(
  epilogue: readonly TemplateStep[],
  computed: boolean,
): readonly (TemplateStep & { readonly canonical: boolean })[] {
  let canonical = computed;
  return epilogue.map((step) => {
    const marked = { ...step, canonical };
    canonical = ARITHMETIC.has(step.kind) || (canonical && KEEPING.has(step.kind));
    return marked;
  });
}

/** `bias_add_relu`; a row operand says so, except that of bias. Long lists are hashed. */
function signature(epilogue: readonly TemplateStep[]): string {
  const words = epilogue.map((step) => {
    const kind = step.kind.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    return step.operand === undefined || step.operand === 'lane' || step.kind === 'bias'
      ? kind
      : `${kind}${step.operand}`;
  });
  const text = words.join('_');
  if (text.length <= LONGEST_SIGNATURE) return text;
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return `e${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
