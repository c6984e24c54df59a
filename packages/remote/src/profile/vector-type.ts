/** A vector type as `vsetvli` sets it. */
export interface VectorType {
  /** Bits of an element: 8, 16, 32 or 64. */
  readonly sew: number;
  /** log2 of the registers in a group: -3 … 3. */
  readonly lmul: number;
}

/** Reads vtype; undefined for a reserved or unknown (-1) one. RISC-V V 1.0, section 3.4. */
export function vectorType(vtype: number): VectorType | undefined {
  if (vtype < 0 || vtype > 0xff) return undefined;
  const lmul = vtype & 7;
  const sew = 8 << ((vtype >> 3) & 7);
  if (lmul === 4 || sew > 64) return undefined;
  return { sew, lmul: lmul < 4 ? lmul : lmul - 8 };
}

/** Elements of a register group of `vlen`-bit registers. */
export function lanes(vlen: number, { sew, lmul }: VectorType): number {
  return Math.floor((vlen / sew) * 2 ** lmul);
}

/** The vtype an instruction sets, -1 if it comes from a register; undefined when it sets none. */
export function typeSetBy(word: number): number | undefined {
  if ((word & 0x707f) !== 0x7057) return undefined;
  const top = word >>> 30;
  if (top === 2) return -1;
  return (word >>> 20) & (top === 3 ? 0x3ff : 0x7ff);
}
