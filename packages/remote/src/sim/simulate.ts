import {
  executionFigures,
  profileOf,
  sumFigures,
  variantsOf,
  type ExecutionFigures,
  type Profile,
} from '../profile/figures.js';
import type { ExecutionRecord, MemoryEvents } from '../profile/record.js';
import type { Core } from './core.js';
import { IssueCycles } from './issue-cycles.js';
import { memoryFigures, sharedFloor, sumEvents, type MemoryFigures } from './memory.js';
import { operationsOf, type Operation } from './operation.js';
import { placeCycles } from './place-cycles.js';

/** What was executed, what it cost on the modelled core, and what it moved. Of several threads: the slowest's cycles. */
export interface SimFigures extends ExecutionFigures {
  readonly cycles: number;
  /** Of the cycles: if every access hit the first-level cache and every branch were predicted. */
  readonly issueCycles: number;
  /** Of the cycles: lost to mispredicted branches. The rest is memory. */
  readonly branchCycles: number;
  readonly memory: MemoryFigures;
  readonly events: MemoryEvents;
}

/** A simulated run, by step of the network and by thread. */
export interface SimReport extends Profile<SimFigures> {
  /** The core, and a version of what is known about it and how it is used; results of equal versions compare. */
  readonly model: { readonly core: string; readonly version: string };
}

/** Turns a record of executed blocks into cycles of a core. Pure. */
export function simulate(record: ExecutionRecord, core: Core, version: string): SimReport {
  const variants = variantsOf(record);
  const operations = new Map<number, readonly Operation[]>();
  const issue = new IssueCycles(core, (id) => {
    const variant = variants.get(id);
    const found = operations.get(id) ?? (variant === undefined ? [] : operationsOf(variant, core));
    operations.set(id, found);
    return found;
  });
  const executed = executionFigures(record);
  const profile = profileOf<SimFigures>(
    record,
    (place) => {
      const { events, ...cycles } = placeCycles(place, variants, core, issue);
      return { ...executed(place), ...cycles, events, memory: memoryFigures(events, core) };
    },
    { steps: (parts) => inSequence(parts, core), threads: (parts) => sideBySide(parts, core) },
  );
  return { ...profile, model: { core: core.name, version } };
}

function together(
  parts: readonly SimFigures[],
  core: Core,
): Omit<SimFigures, 'cycles' | 'issueCycles' | 'branchCycles'> {
  const events = sumEvents(parts.map((part) => part.events));
  return { ...sumFigures(parts.map((part) => [part, 1])), events, memory: memoryFigures(events, core) };
}

function inSequence(parts: readonly SimFigures[], core: Core): SimFigures {
  const sum = (figure: 'cycles' | 'issueCycles' | 'branchCycles'): number =>
    parts.reduce((all, part) => all + part[figure], 0);
  return {
    ...together(parts, core),
    cycles: sum('cycles'),
    issueCycles: sum('issueCycles'),
    branchCycles: sum('branchCycles'),
  };
}

/** Threads at one place: the slowest counts, and memory serves all of them. */
function sideBySide(parts: readonly SimFigures[], core: Core): SimFigures {
  const all = together(parts, core);
  const slowest = parts.reduce<SimFigures | undefined>(
    (most, part) => (most === undefined || part.cycles > most.cycles ? part : most),
    undefined,
  );
  return {
    ...all,
    cycles: Math.max(slowest?.cycles ?? 0, Math.ceil(sharedFloor(all.events, core))),
    issueCycles: slowest?.issueCycles ?? 0,
    branchCycles: slowest?.branchCycles ?? 0,
  };
}
