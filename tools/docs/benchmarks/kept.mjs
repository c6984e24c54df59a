import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { millions, recordedRows, withoutRepeats } from './rows.mjs';

/** Names of the kernels as the page explains them. */
const WAYS = { conv_gemm: 'im2col', conv_mec: 'kernel rows', conv_gemm_kept: 'im2col', conv_mec_kept: 'kernel rows' };

const figures = ({ kernel, cycles, l1Misses }) => [WAYS[kernel], millions(cycles, 2), millions(l1Misses, 3)];

/** All columns packed against those that some tile keeps, from what `npm run bench:im2col` has measured. */
export function keptPart() {
  const rows = recordedRows('kept');
  if (rows.length === 0) return [];
  const body = rows.map(({ kind, network, layer, ratio, share, all, kept }) => [
    ...[`${nameOf(network)} \`${layer}\``, kind, ratio, `${(100 * share).toFixed(0)} %`],
    ...figures(all),
    ...(kept === null ? ['', '', '', ''] : [...figures(kept), `${(all.cycles / kept.cycles).toFixed(2)}x`]),
  ]);
  return [
    '## Columns that no tile keeps',
    `By \`npm run bench:im2col -- kept\` on ${rows[0].device}, one core, pruned layers run by themselves. Tiles of a pruned weight keep columns of their own; those that *some tile keeps* have to be packed, the others need not be. By *im2col* they are left out column by column (\`conv_gemm_kept\`), where the windows of a row are kept together channel by channel for a *kernel row* no tap of which is kept (\`conv_mec_kept\`; nearly none at 0.5, so that only im2col is offered). Leaving them out costs lists of what is left, and breaks streams of lines, so it is a choice of the tuner ([record 20](../adr/0020-kept-columns.md)). The better kernel of each kind, with the best of the three register tiles and blockings that its own estimate ranks first. Millions of cycles and of misses of the first-level cache:`,
    markdownTable(
      [
        ...['layer', '', 'pruned', 'some tile keeps', 'all packed by', 'cycles', 'misses'],
        ...['what is kept packed by', 'cycles', 'misses', ''],
      ],
      withoutRepeats(body, 2),
      4,
    ),
  ];
}
