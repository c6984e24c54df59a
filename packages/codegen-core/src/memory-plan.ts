import { FreeSpace } from './free-space.js';
import { inTime, Lives, type Life } from './lives.js';
import { countBefore } from './sorted.js';

/** A buffer that is needed from step `first` to step `last`, both included. */
export interface BufferNeed extends Life {
  readonly id: number;
  readonly bytes: number;
}

export interface MemoryPlan {
  /** Byte offset of each buffer in the arena, a multiple of {@link ALIGNMENT}. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly arenaBytes: number;
  /** Most bytes live at one step: no plan can do with less. */
  readonly lowerBound: number;
}

/** A cache line on the cores we know, and enough for any vector access. */
export const ALIGNMENT = 64;

/**
 * Where others are met by more than so many, buffers are placed in the order of time only: any other order looks at all
 * that a buffer meets, and where many meet the order of time is as good.
 */
const MOST_MET = 256;

type Order = (a: BufferNeed, b: BufferNeed) => number;
type Placement = Pick<MemoryPlan, 'offsets' | 'arenaBytes'>;

/**
 * Offsets in one arena such that buffers alive together never overlap. Buffers are placed one by one at the lowest
 * gap that fits best; the best of several orders wins.
 */
export function planMemory(needs: readonly BufferNeed[]): MemoryPlan {
  const sized = needs.map((need) => ({ ...need, bytes: roundUp(need.bytes) }));
  const lowerBound = peak(sized);
  let best: Placement = { offsets: new Map(), arenaBytes: Infinity };
  for (const placement of placements(sized)) {
    if (placement.arenaBytes < best.arenaBytes) best = placement;
    // No order does better.
    if (best.arenaBytes === lowerBound) break;
  }
  const plan = { ...best, lowerBound };
  if (hasOverlap(needs, plan)) throw new Error('buffers alive at the same step overlap');
  return plan;
}

/** True when two buffers alive at the same step share a byte; a plan with such a pair must never be emitted. */
export function hasOverlap(needs: readonly BufferNeed[], { offsets }: Pick<MemoryPlan, 'offsets'>): boolean {
  const placed = needs.map((need) => ({ ...need, bytes: roundUp(need.bytes), at: offsets.get(need.id) ?? 0 }));
  // What is alive, by place: as long as nothing overlaps, only what is next to a new one can overlap it.
  const alive: (typeof placed)[number][] = [];
  for (const { what, life } of inTime(placed.sort((a, b) => a.first - b.first))) {
    const index = countBefore(alive.length, (other) => (alive[other]?.at ?? 0) < life.at);
    if (what === 'ended') {
      alive.splice(index, 1);
      continue;
    }
    const [before, after] = [alive[index - 1], alive[index]];
    if (before !== undefined && before.at + before.bytes > life.at) return true;
    if (after !== undefined && after.at < life.at + life.bytes) return true;
    alive.splice(index, 0, life);
  }
  return false;
}

/** Plans worth comparing, made when they are asked for. */
function* placements(needs: readonly BufferNeed[]): Generator<Placement> {
  if (meetings(needs) <= MOST_MET * needs.length) {
    for (const order of orders(needs)) yield placeAll([...needs].sort((a, b) => order(a, b) || a.id - b.id));
  }
  yield placeInTime(needs);
  // The same from the end on.
  yield placeInTime(needs.map((need) => ({ ...need, first: -need.last, last: -need.first })));
}

function orders(needs: readonly BufferNeed[]): readonly Order[] {
  const life = (need: BufferNeed): number => need.last - need.first + 1;
  return [
    (a, b) => b.bytes - a.bytes || a.first - b.first,
    (a, b) => b.bytes * life(b) - a.bytes * life(a) || a.first - b.first,
    (a, b) => life(b) - life(a) || b.bytes - a.bytes,
    pressureOrder(needs),
  ];
}

/** Buffers of the most crowded step first, then those of the next most crowded, and so on. */
function pressureOrder(needs: readonly BufferNeed[]): Order {
  const load = liveBytes(needs);
  const crowd = ({ first, last }: BufferNeed): number => greatest(load.slice(first, last + 1));
  const crowded = new Map(needs.map((need) => [need.id, crowd(need)]));
  return (a, b) => (crowded.get(b.id) ?? 0) - (crowded.get(a.id) ?? 0) || b.bytes - a.bytes;
}

/** How many pairs are alive together. */
function meetings(needs: readonly BufferNeed[]): number {
  let [alive, pairs] = [0, 0];
  for (const { what } of inTime([...needs].sort((a, b) => a.first - b.first))) {
    if (what === 'begins') pairs += alive++;
    else alive--;
  }
  return pairs;
}

/** As they begin, the largest first: what is free is known at any time, without looking at who is met. */
function placeInTime(needs: readonly BufferNeed[]): Placement {
  const offsets = new Map<number, number>();
  const free = new FreeSpace();
  let arenaBytes = 0;
  for (const { what, life } of inTime(
    [...needs].sort((a, b) => a.first - b.first || b.bytes - a.bytes || a.id - b.id),
  )) {
    if (what === 'ended') {
      free.give(offsets.get(life.id) ?? 0, life.bytes);
      continue;
    }
    const at = free.take(life.bytes);
    offsets.set(life.id, at);
    arenaBytes = Math.max(arenaBytes, at + life.bytes);
  }
  return { offsets, arenaBytes };
}

function placeAll(needs: readonly BufferNeed[]): Placement {
  const offsets = new Map<number, number>();
  const placed = new Lives<BufferNeed & { readonly at: number }>();
  let arenaBytes = 0;
  for (const need of needs) {
    const at = bestGap(need, placed.meeting(need));
    offsets.set(need.id, at);
    placed.add({ ...need, at });
    arenaBytes = Math.max(arenaBytes, at + need.bytes);
  }
  return { offsets, arenaBytes };
}

/** The smallest gap between the neighbours in time that holds the buffer, or the end. */
function bestGap({ bytes }: BufferNeed, neighbours: readonly (BufferNeed & { readonly at: number })[]): number {
  const starts = Float64Array.from(neighbours, ({ at }) => at).sort();
  // Whose end is which does not matter: nothing lies between the end of the first few and the start of the next.
  const ends = Float64Array.from(neighbours, (other) => other.at + other.bytes).sort();
  let best: { at: number; room: number } | undefined;
  starts.forEach((start, index) => {
    const at = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const room = start - at;
    if (room >= bytes && (best === undefined || room < best.room)) best = { at, room };
  });
  return best?.at ?? ends.at(-1) ?? 0;
}

function liveBytes(needs: readonly BufferNeed[]): number[] {
  const steps = needs.reduce((most, { last }) => Math.max(most, last + 1), 0);
  const change = new Array<number>(steps + 1).fill(0);
  for (const need of needs) {
    change[need.first] = (change[need.first] ?? 0) + need.bytes;
    change[need.last + 1] = (change[need.last + 1] ?? 0) - need.bytes;
  }
  let live = 0;
  return change.map((delta) => (live += delta));
}

function peak(needs: readonly BufferNeed[]): number {
  return greatest(liveBytes(needs));
}

/** Of numbers that are not negative; there may be more of them than a call takes arguments. */
function greatest(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

function roundUp(bytes: number): number {
  return Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
}
