import { MEMORY_EVENTS, type MemoryEvent, type MemoryEvents } from '../profile/record.js';
import type { Core } from './core.js';

/** What the memory accesses of some instructions cost and moved. */
export interface MemoryFigures {
  /** Lines that were not in the first level, and those of them that were not in the second either. */
  readonly l1Misses: number;
  readonly l2Misses: number;
  /** Bytes moved between the first and the second level, and between the second level and memory, both ways. */
  readonly l2Bytes: number;
  readonly dramBytes: number;
}

export const NO_EVENTS: MemoryEvents = Object.fromEntries(MEMORY_EVENTS.map((name) => [name, 0])) as Record<
  MemoryEvent,
  number
>;

/** Reads the events of one block as the plugin writes them. */
export function readEvents(row: readonly number[]): MemoryEvents {
  return Object.fromEntries(MEMORY_EVENTS.map((name, i) => [name, row[i + 1] ?? 0])) as Record<MemoryEvent, number>;
}

export function sumEvents(parts: Iterable<MemoryEvents>): MemoryEvents {
  const sum = { ...NO_EVENTS } as Record<MemoryEvent, number>;
  for (const part of parts) for (const name of MEMORY_EVENTS) sum[name] += part[name];
  return sum;
}

/** Lines that came from a level, for loads and for stores. */
function lines(e: MemoryEvents): { readonly l2: Traffic; readonly dram: Traffic } {
  return {
    l2: { loads: e.loadL2Stream + e.loadL2Lone, stores: e.storeL2Stream + e.storeL2Lone },
    dram: { loads: e.loadDramStream + e.loadDramLone, stores: e.storeDramStream + e.storeDramLone },
  };
}

interface Traffic {
  readonly loads: number;
  readonly stores: number;
}

/** Cycles that accesses take beyond hits in the first level. */
export function penalty(e: MemoryEvents, { memory }: Core): number {
  const { loads, stores } = memory;
  return (
    e.loadL2Stream * loads.l2.stream +
    e.loadL2Lone * loads.l2.lone +
    e.loadDramStream * loads.dram.stream +
    e.loadDramLone * loads.dram.lone +
    e.storeL2Stream * stores.l2.stream +
    e.storeL2Lone * stores.l2.lone +
    e.storeDramStream * stores.dram.stream +
    e.storeDramLone * stores.dram.lone +
    e.misaligned * memory.width.misaligned
  );
}

/** Cycles below which a loop cannot move its lines, however little else it does. */
export function bandwidthFloor(events: MemoryEvents, { memory }: Core): number {
  const { l2, dram } = lines(events);
  return floorOf(l2, memory.floors.l2) + floorOf(dram, memory.floors.dram);
}

function floorOf({ loads, stores }: Traffic, floor: Core['memory']['floors']['l2']): number {
  return loads * floor.load + stores * floor.store + Math.min(loads, stores) * floor.pair;
}

/** Cycles below which all cores together cannot move their lines from and to memory. */
export function sharedFloor(events: MemoryEvents, { memory }: Core): number {
  const { loads, stores } = lines(events).dram;
  return ((loads + stores) * memory.line) / memory.dramBytesPerCycle.value;
}

export function memoryFigures(events: MemoryEvents, { memory }: Core): MemoryFigures {
  const { l2, dram } = lines(events);
  const l2Misses = dram.loads + dram.stores;
  const l1Misses = l2.loads + l2.stores + l2Misses;
  return {
    l1Misses,
    l2Misses,
    l2Bytes: (l1Misses + events.writeBackL2) * memory.line,
    dramBytes: (l2Misses + events.writeBackDram) * memory.line,
  };
}
