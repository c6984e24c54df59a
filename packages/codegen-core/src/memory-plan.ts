import { Lives, type Life } from './lives.js';

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
 * Offsets in one arena such that buffers alive together never overlap. Buffers are placed one by one at the lowest
 * gap that fits best; the best of several orders wins.
 */
export function planMemory(needs: readonly BufferNeed[]): MemoryPlan {
  const sized = needs.map((need) => ({ ...need, bytes: roundUp(need.bytes) }));
  const life = (need: BufferNeed): number => need.last - need.first + 1;
  const orders: ((a: BufferNeed, b: BufferNeed) => number)[] = [
    (a, b) => b.bytes - a.bytes || a.first - b.first,
    (a, b) => b.bytes * life(b) - a.bytes * life(a) || a.first - b.first,
    (a, b) => a.first - b.first || b.bytes - a.bytes,
    (a, b) => life(b) - life(a) || b.bytes - a.bytes,
    ...pressureOrder(sized),
  ];
  const lowerBound = peak(sized);
  let best: ReturnType<typeof placeAll> | undefined;
  for (const order of orders) {
    const plan = placeAll([...sized].sort((a, b) => order(a, b) || a.id - b.id));
    if (best === undefined || plan.arenaBytes < best.arenaBytes) best = plan;
    // No order does better.
    if (best.arenaBytes === lowerBound) break;
  }
  return { offsets: new Map(), arenaBytes: 0, ...best, lowerBound };
}

/** True when two buffers alive at the same step share a byte; a plan with such a pair must never be emitted. */
export function hasOverlap(needs: readonly BufferNeed[], plan: MemoryPlan): boolean {
  const seen = new Lives<BufferNeed>();
  return needs.some((a) => {
    const at = plan.offsets.get(a.id) ?? 0;
    const clash = seen.meeting(a).some((b) => {
      const bt = plan.offsets.get(b.id) ?? 0;
      return at < bt + b.bytes && bt < at + a.bytes;
    });
    seen.add(a);
    return clash;
  });
}

/** Buffers of the most crowded step first, then those of the next most crowded, and so on. */
function pressureOrder(needs: readonly BufferNeed[]): ((a: BufferNeed, b: BufferNeed) => number)[] {
  const load = liveBytes(needs);
  const crowd = ({ first, last }: BufferNeed): number => greatest(load.slice(first, last + 1));
  const crowded = new Map(needs.map((need) => [need.id, crowd(need)]));
  return [(a, b) => (crowded.get(b.id) ?? 0) - (crowded.get(a.id) ?? 0) || b.bytes - a.bytes];
}

function placeAll(needs: readonly BufferNeed[]): { offsets: Map<number, number>; arenaBytes: number } {
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
function bestGap(need: BufferNeed, neighbours: (BufferNeed & { readonly at: number })[]): number {
  neighbours.sort((a, b) => a.at - b.at);
  let end = 0;
  let best: { at: number; room: number } | undefined;
  for (const other of neighbours) {
    const room = other.at - end;
    if (room >= need.bytes && (best === undefined || room < best.room)) best = { at: end, room };
    end = Math.max(end, other.at + other.bytes);
  }
  return best?.at ?? end;
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
