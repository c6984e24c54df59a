import { lanes, typeSetBy, type VectorType } from '../profile/vector-type.js';
import type { Variant } from '../profile/figures.js';
import type { Core, VectorCycles, VectorLatency } from './core.js';
import { decode, type Instruction, type VectorInstruction } from './decode/index.js';

/** An instruction as the scoreboard sees it. Times in cycles. */
export interface Operation {
  readonly unit: string;
  /** How long the unit takes no other operation. */
  readonly occupancy: number;
  /** From the start until what is written can be read. */
  readonly latency: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Whether it goes through the queue of vector instructions, and the registers it needs before it may enter. */
  readonly vector: boolean;
  readonly scalarReads: readonly number[];
}

/** The operations of a variant of a block, in order. */
export function operationsOf({ block, vtype }: Variant, core: Core): readonly Operation[] {
  let type = vtype;
  return block.words.map((word) => {
    const instruction = decode(word, type);
    type = typeSetBy(word) ?? type;
    return operationOf(instruction, core);
  });
}

export function operationOf(instruction: Instruction, core: Core): Operation {
  if (instruction.vector) return vectorOperation(instruction, core);
  const { unit, occupancy, latency } = core.scalar[instruction.kind];
  const { reads, writes } = instruction;
  return { unit, occupancy, latency, reads, writes, vector: false, scalarReads: [] };
}

function vectorOperation(instruction: VectorInstruction, core: Core): Operation {
  const row = core.vector[instruction.kind];
  const plain = cyclesOf(row.occupancy, instruction, core.vlen);
  const slower = instruction.masked ? (row.masked ?? 1) : 1;
  const occupancy = plain * slower;
  const latency = latencyOf(row.latency, instruction, core.vlen, occupancy);
  const waits = core.issue.waitsForDestination ? instruction.destination : [];
  return {
    unit: row.unit,
    occupancy,
    // A masked form that takes longer also delivers later.
    latency: slower > 1 ? Math.max(latency, occupancy) : latency,
    reads: [...instruction.reads, ...waits],
    writes: instruction.writes,
    vector: true,
    scalarReads: instruction.scalarReads,
  };
}

function latencyOf(latency: VectorLatency, instruction: VectorInstruction, vlen: number, occupancy: number): number {
  if (!Array.isArray(latency) && 'times' in latency) return latency.times * occupancy + latency.plus;
  return cyclesOf(latency, instruction, vlen);
}

/** Cycles of a register group under a vector type. */
export function cyclesOf(cycles: VectorCycles, { type, fields }: VectorInstruction, vlen: number): number {
  if (Array.isArray(cycles)) return byGroup(cycles, type);
  if ('sew' in cycles) return byGroup(cycles.sew[type.sew as 8 | 16 | 32 | 64], type);
  const elements = Math.max(1, lanes(vlen, type)) * fields;
  const plus = cycles.plus ?? 0;
  return 'perElement' in cycles
    ? cycles.perElement * elements + plus
    : cycles.perByte * elements * (type.sew / 8) + plus;
}

/** Groups of less than half a register cost what half a register costs. */
function byGroup(table: readonly [number, number, number, number, number], { lmul }: VectorType): number {
  return table[lmul < 0 ? 0 : lmul === 0 ? 1 : lmul === 1 ? 2 : lmul === 2 ? 3 : 4];
}
