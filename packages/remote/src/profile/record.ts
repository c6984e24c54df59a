import { z } from 'zod';
import { RemoteError } from '../errors.js';
import { INSTRUCTION_CLASSES } from './classes.js';

/** What a block's memory accesses met; native/qemu-plugin/src/memory.h names the same, in the same order. */
export const MEMORY_EVENTS = [
  'loadL2Stream',
  'loadL2Lone',
  'loadDramStream',
  'loadDramLone',
  'storeL2Stream',
  'storeL2Lone',
  'storeDramStream',
  'storeDramLone',
  'writeBackL2',
  'writeBackDram',
  'misaligned',
] as const;

export type MemoryEvent = (typeof MEMORY_EVENTS)[number];

export type MemoryEvents = Readonly<Record<MemoryEvent, number>>;

const count = z.number().int().nonnegative();
const word = count.max(0xffff_ffff);

/** A straight run of instructions, and the numbers of its variants: one for each vector type it was entered with. */
const block = z.object({
  id: count,
  address: count,
  words: z.array(word),
  classes: z.array(count.max(INSTRUCTION_CLASSES.length - 1)),
  /** [number, vtype on entry, or -1 when it came from a register]. */
  variants: z.array(z.tuple([count, z.number().int()])),
});

/** What one thread executed at one place of the program. */
const place = z.object({
  /** The step of the network, or null outside all steps. */
  step: count.nullable(),
  /** [variant before, variant, how often]; 0 when nothing was executed before. */
  edges: z.array(z.tuple([count, count, count])),
  /** [block, events in the order of MEMORY_EVENTS]; empty when no caches were modelled. */
  events: z.array(z.array(count).length(MEMORY_EVENTS.length + 1)),
});

const schema = z.object({
  schemaVersion: z.literal(1),
  vlen: count,
  /** Whether markers delimited what is recorded, or it is the whole program. */
  region: z.enum(['markers', 'program']),
  blocks: z.array(block),
  threads: z.array(z.object({ index: count, places: z.array(place) })),
});

export type ExecutionRecord = z.infer<typeof schema>;
export type RecordedBlock = z.infer<typeof block>;
export type RecordedPlace = z.infer<typeof place>;

/** Reads the plugin's report. Throws RemoteError `device-failed` when it is not one. */
export function parseRecord(text: string): ExecutionRecord {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success && parsed.data.blocks.every(isConsistent)) return parsed.data;
  throw new RemoteError('device-failed', 'the profiling plugin has left a report that cannot be read');
}

function isConsistent({ words, classes }: RecordedBlock): boolean {
  return words.length === classes.length;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Executions of every variant that was entered at a place. */
export function executions({ edges }: Pick<RecordedPlace, 'edges'>): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const [, to, number] of edges) times.set(to, (times.get(to) ?? 0) + number);
  return times;
}
