/**
 * Rough cycles of one in-order core with VLEN-bit registers: good enough to rank candidates before anything is
 * measured. Per inner step T multiply-adds of L registers each, one load of about 2.15·L cycles that does not overlap
 * them, and a scalar load a weight, two of which issue per cycle (method, section 3).
 */
export function gemmCycles(rows: number, depth: number, positions: number, t: number, l: number, vlen: number): number {
  const lanes = (vlen / 32) * l;
  const strips = Math.ceil(positions / lanes);
  // A step issues a scalar load and a multiply-add a row, and about four instructions around them, two a cycle.
  const issue = (height: number): number => height + 2;
  const tile = (height: number): number => depth * (Math.max(height * l, issue(height)) + 2.15 * l) + 4 * height * l;
  const full = Math.floor(rows / t);
  return strips * (full * tile(t) + (rows % t === 0 ? 0 : tile(rows % t)));
}
