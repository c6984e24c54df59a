import type { RecordedBlock } from '../profile/record.js';
import type { Flow } from './flow.js';

/**
 * How often a branch at the end of a block went against its habit: the rarer of its two ways. That is what a predictor
 * misses that remembers which way a branch mostly goes, such as the exit of a loop; one that knows longer patterns
 * does better on short loops.
 */
export function mispredictions(
  flow: Flow,
  variant: number,
  block: RecordedBlock,
  addressOf: (variant: number) => number | undefined,
): number {
  if (!endsInBranch(block)) return 0;
  const next = block.address + block.words.reduce((bytes, word) => bytes + ((word & 3) === 3 ? 4 : 2), 0);
  let [straight, taken] = [0, 0];
  for (const [to, count] of flow.successors(variant)) {
    if (addressOf(to) === next) straight += count;
    else taken += count;
  }
  return Math.min(straight, taken);
}

/** Whether the last instruction is a conditional branch: BRANCH, or c.beqz and c.bnez. */
function endsInBranch({ words }: RecordedBlock): boolean {
  const last = words.at(-1) ?? 0;
  return (last & 0x7f) === 0x63 || (last & 0xc003) === 0xc001;
}
