import { z } from 'zod';
import { SCALAR_KINDS, VECTOR_KINDS } from './kinds.js';

/** Where a number comes from: a key of the file's `sources`. */
const source = z.string().min(1);
const cycles = z.number().nonnegative().max(100_000);
const size = z.number().int().positive();

/** Cycles of a register group of LMUL = 1/2 (or less), 1, 2, 4, 8. */
const byGroup = z.tuple([cycles, cycles, cycles, cycles, cycles]);

/** How cycles depend on the vector type. */
const vectorCycles = z.union([
  byGroup,
  /** A table for each width of elements, in bits. */
  z.strictObject({ sew: z.strictObject({ 8: byGroup, 16: byGroup, 32: byGroup, 64: byGroup }) }),
  /** For every element of the group, whatever vl is. */
  z.strictObject({ perElement: cycles, plus: cycles.optional() }),
  /** For every byte of the group, fields of a segment included. */
  z.strictObject({ perByte: cycles, plus: cycles.optional() }),
]);

const scalarKind = z.strictObject({
  unit: z.string().min(1),
  /** Cycles from issue until the result can be used. */
  latency: cycles,
  /** Cycles the unit takes no further instruction. */
  occupancy: cycles,
  source,
});

const vectorKind = z.strictObject({
  unit: z.string().min(1),
  occupancy: vectorCycles,
  /** As occupancy, or a multiple of it. */
  latency: z.union([vectorCycles, z.strictObject({ times: cycles, plus: cycles })]),
  /** Factor of the occupancy of masked forms; default 1. */
  masked: cycles.optional(),
  source,
});

const lineCost = z.strictObject({
  /** Cycles a line costs over a hit in the first level, as part of a stream and otherwise. */
  stream: cycles,
  lone: cycles,
  source,
});

const floor = z.strictObject({
  /** No loop runs faster than this many cycles per line read, per line written, and more per pair of both. */
  load: cycles,
  store: cycles,
  pair: cycles,
  source,
});

const cache = z.strictObject({ bytes: size, ways: size, source });

export const coreSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: z.string().min(1).max(80),
  vlen: z.union([z.literal(128), z.literal(256), z.literal(512), z.literal(1024)]),
  /** Hertz; only to turn cycles into seconds. */
  clock: z.strictObject({ hertz: z.number().positive(), source }),
  /** Key → where it was published, or why it is assumed. */
  sources: z.record(z.string(), z.string().min(1)),
  issue: z.strictObject({
    width: size.max(16),
    /** Vector instructions that may wait for their unit while scalar ones go on; 0: issue waits. */
    vectorQueue: z.number().int().nonnegative().max(64),
    /** Whether vector arithmetic waits for what was in its destination. */
    waitsForDestination: z.boolean(),
    /** Cycles lost by a mispredicted branch. */
    mispredict: cycles,
    source,
  }),
  /** Units and how many there are of each. */
  units: z.record(z.string(), size.max(16)),
  scalar: z.strictObject(
    Object.fromEntries(SCALAR_KINDS.map((kind) => [kind, scalarKind])) as Record<
      (typeof SCALAR_KINDS)[number],
      typeof scalarKind
    >,
  ),
  vector: z.strictObject(
    Object.fromEntries(VECTOR_KINDS.map((kind) => [kind, vectorKind])) as Record<
      (typeof VECTOR_KINDS)[number],
      typeof vectorKind
    >,
  ),
  memory: z.strictObject({
    line: size,
    l1: cache,
    l2: cache,
    /** Cores that share the second level. */
    cluster: z.strictObject({ cores: size.max(4096), source }),
    /** Streams of misses a core follows, and lines a stream may advance at once. */
    streams: z.strictObject({ count: size.max(64), reach: z.number().int().nonnegative().max(64), source }),
    /** Bytes the vector memory unit moves at once, and cycles an access costs that does not begin at a multiple. */
    width: z.strictObject({ bytes: size, misaligned: cycles, source }),
    loads: z.strictObject({ l2: lineCost, dram: lineCost }),
    stores: z.strictObject({ l2: lineCost, dram: lineCost }),
    floors: z.strictObject({ l2: floor, dram: floor }),
    /** Bytes per cycle that memory moves for all cores together. */
    dramBytesPerCycle: z.strictObject({ value: z.number().positive(), source }),
  }),
});

/** A core as the simulator knows it; every number says where it comes from. */
export type Core = z.infer<typeof coreSchema>;
export type VectorCycles = z.infer<typeof vectorCycles>;
export type VectorLatency = Core['vector']['add']['latency'];

/** The schema of core files in the form editors read. */
export function coreJsonSchema(): object {
  return z.toJSONSchema(coreSchema);
}

/** f32 multiply-adds the vector unit of one core completes per cycle at best, one register a time. */
export function peakMultiplyAdds({ vlen, vector, units }: Core): number {
  const { unit, occupancy } = vector.floatMultiplyAdd;
  const table = Array.isArray(occupancy) ? occupancy : 'sew' in occupancy ? occupancy.sew[32] : undefined;
  const perGroup = table?.[1] ?? 1;
  return ((vlen / 32) * (units[unit] ?? 1)) / Math.max(perGroup, 1e-9);
}
