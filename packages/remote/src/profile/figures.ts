import { INSTRUCTION_CLASSES, type ClassCounts, type InstructionClass } from './classes.js';
import { executions, type ExecutionRecord, type RecordedBlock, type RecordedPlace } from './record.js';
import { lanes, typeSetBy, vectorType } from './vector-type.js';

/** What was executed; exact and repeatable with one thread. */
export interface ExecutionFigures {
  readonly instructions: number;
  readonly classes: ClassCounts;
  /**
   * Multiply-adds the vector unit had room for: for each executed instruction the lanes of its register group,
   * VLEN/SEW·LMUL. Cores spend their cycles by group, whatever vl is.
   */
  readonly vectorMultiplyAdds: number;
  /** Stores and loads of whole vector registers: what a compiler does when it has too few of them. */
  readonly vectorSpills: number;
}

/** Figures of one step of a network, or, with step null, of what lies outside all steps. */
export type AtStep<F> = F & { readonly step: number | null };

/** Figures by step and thread. `layers` are in the order of steps; the sum over them is `total`. */
export interface Profile<F> {
  readonly vlen: number;
  readonly region: 'markers' | 'program';
  readonly total: F;
  readonly layers: readonly AtStep<F>[];
  readonly perThread: readonly { readonly thread: number; readonly total: F; readonly layers: readonly AtStep<F>[] }[];
}

export type ExecutionProfile = Profile<ExecutionFigures>;

/** A block and a vector type it was entered with. */
export interface Variant {
  readonly block: RecordedBlock;
  /** vtype on entry, or -1 when it is not known. */
  readonly vtype: number;
}

export function variantsOf(record: ExecutionRecord): ReadonlyMap<number, Variant> {
  return new Map(
    record.blocks.flatMap((block) => block.variants.map(([id, vtype]) => [id, { block, vtype }] as const)),
  );
}

/** What one execution of a variant adds to the figures. */
export function figuresOf({ block, vtype }: Variant, vlen: number): ExecutionFigures {
  const classes = emptyClasses();
  let type = vtype;
  let [vectorMultiplyAdds, vectorSpills] = [0, 0];
  block.words.forEach((word, i) => {
    const name = classAt(block, i);
    classes[name]++;
    if (name === 'vectorMultiplyAdd') {
      const known = vectorType(type);
      vectorMultiplyAdds += known === undefined ? 0 : lanes(vlen, known);
    }
    if (isWholeRegisterAccess(word, name)) vectorSpills++;
    type = typeSetBy(word) ?? type;
  });
  return { instructions: block.words.length, classes, vectorMultiplyAdds, vectorSpills };
}

function classAt(block: RecordedBlock, index: number): InstructionClass {
  const name = INSTRUCTION_CLASSES[block.classes[index] ?? -1];
  if (name === undefined) throw new Error('the record has been checked');
  return name;
}

/** vl<n>re<eew>.v and vs<n>r.v: unit stride with a sumop of 01000. */
function isWholeRegisterAccess(word: number, name: InstructionClass): boolean {
  return (name === 'vectorLoadUnit' || name === 'vectorStoreUnit') && ((word >>> 20) & 31) === 8;
}

function emptyClasses(): Record<InstructionClass, number> {
  return Object.fromEntries(INSTRUCTION_CLASSES.map((name) => [name, 0])) as Record<InstructionClass, number>;
}

/** Sum of figures, each multiplied with how often it applies. */
export function sumFigures(parts: Iterable<readonly [ExecutionFigures, number]>): ExecutionFigures {
  const classes = emptyClasses();
  let [instructions, vectorMultiplyAdds, vectorSpills] = [0, 0, 0];
  for (const [part, times] of parts) {
    for (const name of INSTRUCTION_CLASSES) classes[name] += times * part.classes[name];
    instructions += times * part.instructions;
    vectorMultiplyAdds += times * part.vectorMultiplyAdds;
    vectorSpills += times * part.vectorSpills;
  }
  return { instructions, classes, vectorMultiplyAdds, vectorSpills };
}

/** The profile of a record; `figures` says what a thread did at one place, `add` puts threads and places together. */
export function profileOf<F>(
  record: ExecutionRecord,
  figures: (place: RecordedPlace, thread: number) => F,
  add: { readonly steps: (parts: readonly F[]) => F; readonly threads: (parts: readonly F[]) => F },
): Profile<F> {
  const perThread = record.threads
    .filter(({ places }) => places.length > 0)
    .map(({ index, places }) => {
      const layers = inOrder(places.map((place) => ({ ...figures(place, index), step: place.step })));
      return { thread: index, total: add.steps(layers), layers };
    });
  const steps = [...new Set(perThread.flatMap(({ layers }) => layers.map(({ step }) => step)))];
  const layers = inOrder(
    steps.map((step) => ({
      ...add.threads(perThread.flatMap((thread) => thread.layers.filter((layer) => layer.step === step))),
      step,
    })),
  );
  return { vlen: record.vlen, region: record.region, total: add.steps(layers), layers, perThread };
}

function inOrder<T extends { readonly step: number | null }>(layers: readonly T[]): T[] {
  return [...layers].sort((a, b) => (a.step ?? -1) - (b.step ?? -1));
}

/** Instructions by step and thread. */
export function executionProfile(record: ExecutionRecord): ExecutionProfile {
  const figures = executionFigures(record);
  const add = (parts: readonly ExecutionFigures[]): ExecutionFigures => sumFigures(parts.map((part) => [part, 1]));
  return profileOf(record, figures, { steps: add, threads: add });
}

/** Says what was executed at a place; works out every variant once. */
export function executionFigures(record: ExecutionRecord): (place: RecordedPlace) => ExecutionFigures {
  const each = new Map([...variantsOf(record)].map(([id, variant]) => [id, figuresOf(variant, record.vlen)]));
  return (place) =>
    sumFigures(
      [...executions(place)].flatMap(([id, times]) => {
        const one = each.get(id);
        return one === undefined ? [] : [[one, times] as const];
      }),
    );
}
