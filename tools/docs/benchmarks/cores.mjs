import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { inOrder, millions, percent, recordedRows, withoutRepeats } from './rows.mjs';

const CORES = {
  c908: 'T-Head C908, VLEN 128',
  'spacemit-x60': 'SpacemiT X60, VLEN 256',
  x280: 'SiFive X280, VLEN 512',
};

/** Other cores, from what `npm run bench:cores` has measured. */
export function coresPart() {
  const rows = recordedRows('cores').filter(({ size }) => size === 224);
  if (rows.length === 0) return [];
  const body = Object.keys(CORES).flatMap((core) =>
    inOrder(rows.filter((row) => row.core === core)).map(
      ({ network, title, multiplyAdds, cycles, instructions, shareOfPeak }) => [
        CORES[core],
        nameOf(network),
        title,
        ...[multiplyAdds, cycles, instructions].map((count) => millions(count)),
        percent(shareOfPeak),
      ],
    ),
  );
  return [
    '## Cores of other vector lengths',
    'By `npm run bench:cores`: 224x224 pictures, batch 1, one core, by the estimate, each program compiled for the core’s vector length (`--march rv64gcv_zvl128b`, `rv64gcv_zvl512b`). The share of peak is that of the multiply-adds needed, so that a pruned program’s is of what is left. Millions:',
    markdownTable(
      ['core', 'network', 'variant', 'multiply-adds needed', 'cycles', 'instructions', 'of peak'],
      withoutRepeats(body, 2),
      3,
    ),
  ];
}
