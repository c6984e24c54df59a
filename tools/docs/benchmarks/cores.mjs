import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { inOrder, millions, percent, recordedRows, withoutRepeats } from './rows.mjs';

/** Simulated cores, and what a program is compiled with that is made for one. */
export const CORES = {
  c908: { title: 'T-Head C908, VLEN 128', march: 'rv64gcv_zvl128b' },
  'spacemit-x60': { title: 'SpacemiT X60, VLEN 256', march: 'rv64gcv_zvl256b' },
  x280: { title: 'SiFive X280, VLEN 512', march: 'rv64gcv_zvl512b' },
};

const isOwn = ({ core, march }) => CORES[core].march === march;

/** Programs made for another vector length beside those made for the core's. */
function travellers(rows) {
  const body = rows
    .filter((row) => !isOwn(row))
    .map((row) => {
      const { core, network, title, march, cycles } = row;
      const own = rows.find(
        (one) => isOwn(one) && ['core', 'network', 'variant'].every((key) => one[key] === row[key]),
      );
      return [
        CORES[core].title,
        nameOf(network),
        title,
        `\`${march}\``,
        millions(cycles),
        own ? millions(own.cycles) : '',
      ];
    });
  if (body.length === 0) return [];
  return [
    'Programs run on any vector length. With `--march` the bench compiles for another one than the core has ([record 21](../adr/0021-half-groups.md)); millions of cycles, and of a program made for the core:',
    markdownTable(
      ['core', 'network', 'variant', 'made for', 'cycles', 'made for the core'],
      withoutRepeats(body, 2),
      4,
    ),
  ];
}

/** Other cores, from what `npm run bench:cores` has measured. */
export function coresPart() {
  const rows = recordedRows('cores').filter(({ size }) => size === 224);
  if (rows.length === 0) return [];
  const body = Object.keys(CORES).flatMap((core) =>
    inOrder(rows.filter((row) => row.core === core && isOwn(row))).map(
      ({ network, title, multiplyAdds, cycles, instructions, shareOfPeak }) => [
        CORES[core].title,
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
    ...travellers(rows),
  ];
}
