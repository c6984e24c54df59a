import { RemoteError } from './errors.js';

/** Classes of the counting plugin, in its order; native/qemu-plugin/src/decode.h names the same. */
export const INSTRUCTION_CLASSES = [
  'scalarInteger',
  'scalarMultiplyDivide',
  'scalarLoad',
  'scalarStore',
  'branch',
  'scalarFloat',
  'scalarMultiplyAdd',
  'atomic',
  'system',
  'vectorConfig',
  'vectorLoadUnit',
  'vectorLoadStrided',
  'vectorLoadIndexed',
  'vectorStoreUnit',
  'vectorStoreStrided',
  'vectorStoreIndexed',
  'vectorInteger',
  'vectorFloat',
  'vectorMultiplyAdd',
  'vectorDivide',
  'vectorReduction',
  'vectorPermute',
  'vectorMask',
] as const;

export type InstructionClass = (typeof INSTRUCTION_CLASSES)[number];

/** What the program executed inside the marker region, over all threads; exact and repeatable with one thread. */
export interface InstructionCounts {
  readonly vlen: number;
  /** Whether marker instructions delimited the counts, or the whole program was counted. */
  readonly region: 'markers' | 'program';
  readonly instructions: number;
  readonly classes: Readonly<Record<InstructionClass, number>>;
  /**
   * Multiply-adds the vector unit had room for: for each executed instruction the lanes of its register group,
   * VLEN/SEW·LMUL. Cores spend their cycles by group, whatever vl is.
   */
  readonly vectorMultiplyAdds: number;
}

/** Reads the plugin's report. Throws RemoteError `device-failed` when it is not one. */
export function parseCounts(text: string): InstructionCounts {
  const value = parseJson(text);
  const classes = value?.['classes'];
  if (!isRecord(value) || !isRecord(classes) || !INSTRUCTION_CLASSES.every((name) => isCount(classes[name]))) {
    throw new RemoteError('device-failed', 'the counting plugin has left a report that cannot be read');
  }
  return value as unknown as InstructionCounts;
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
