import type { Variant } from '../profile/figures.js';
import { executions, type MemoryEvents, type RecordedPlace } from '../profile/record.js';
import { mispredictions } from './branches.js';
import type { Core } from './core.js';
import { Flow } from './flow.js';
import type { IssueCycles } from './issue-cycles.js';
import { bodies } from './loops.js';
import { bandwidthFloor, NO_EVENTS, penalty, readEvents, sumEvents } from './memory.js';

/** Cycles of one thread at one place, by what they are spent on. */
export interface PlaceCycles {
  /** All of them. */
  readonly cycles: number;
  /** If every access hit the first-level cache and every branch were predicted. */
  readonly issueCycles: number;
  /** Lost to mispredicted branches. */
  readonly branchCycles: number;
  readonly events: MemoryEvents;
}

/** Turns what a thread executed at a place into cycles. */
export function placeCycles(
  place: RecordedPlace,
  variants: ReadonlyMap<number, Variant>,
  core: Core,
  issue: IssueCycles,
): PlaceCycles {
  const flow = new Flow(place.edges);
  const bodyOf = bodies(flow, executions(place).keys());
  const perBody = new Map<number, { issue: number; events: MemoryEvents[] }>();
  const at = (variant: number): { issue: number; events: MemoryEvents[] } => {
    const key = bodyOf(variant);
    const found = perBody.get(key) ?? { issue: 0, events: [] };
    perBody.set(key, found);
    return found;
  };
  for (const [from, to, count] of place.edges) at(to).issue += count * issue.edge(flow, from, to);
  const events = eventsByBlock(place);
  const seen = new Set<number>();
  for (const variant of executions(place).keys()) {
    const block = variants.get(variant)?.block.id ?? -1;
    // Events are known by block; they go to the body of the block's first variant.
    if (seen.has(block)) continue;
    seen.add(block);
    at(variant).events.push(events.get(block) ?? NO_EVENTS);
  }
  return total([...perBody.values()], missed(flow, place, variants) * core.issue.mispredict, core);
}

function total(parts: readonly { issue: number; events: MemoryEvents[] }[], branch: number, core: Core): PlaceCycles {
  let [cycles, issueCycles] = [branch, 0];
  for (const part of parts) {
    const events = sumEvents(part.events);
    cycles += Math.max(part.issue + penalty(events, core), bandwidthFloor(events, core));
    issueCycles += part.issue;
  }
  return {
    cycles: Math.round(cycles),
    issueCycles: Math.round(issueCycles),
    branchCycles: Math.round(branch),
    events: sumEvents(parts.flatMap((part) => part.events)),
  };
}

function eventsByBlock(place: RecordedPlace): ReadonlyMap<number, MemoryEvents> {
  return new Map(place.events.map((row) => [row[0] ?? -1, readEvents(row)]));
}

function missed(flow: Flow, place: RecordedPlace, variants: ReadonlyMap<number, Variant>): number {
  const addressOf = (variant: number): number | undefined => variants.get(variant)?.block.address;
  let sum = 0;
  for (const variant of executions(place).keys()) {
    const block = variants.get(variant)?.block;
    if (block !== undefined) sum += mispredictions(flow, variant, block, addressOf);
  }
  return sum;
}
