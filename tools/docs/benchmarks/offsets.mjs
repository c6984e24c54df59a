import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { millions, recordedRows, withoutRepeats } from './rows.mjs';

/** Names of the kernels as the page explains them. */
const WAYS = { conv_mec: 'kernel rows', conv_staged: 'band', conv_direct: 'picture' };

/** Taps looked up by offsets against columns packed one by one, from what `npm run bench:im2col` has measured. */
export function offsetsPart() {
  const rows = recordedRows('offsets');
  if (rows.length === 0) return [];
  const body = rows.flatMap(({ kind, network, layer, ratio, packed, byOffsets }) =>
    byOffsets.map((own) => [
      `${nameOf(network)} \`${layer}\``,
      kind,
      ratio === null ? 'dense' : `pruned ${ratio}`,
      WAYS[own.kernel],
      ...[packed, own].map(({ cycles }) => millions(cycles, 2)),
      `${(packed.cycles / own.cycles).toFixed(2)}x`,
      ...[packed, own].map(({ l1Misses }) => millions(l1Misses, 3)),
      ...[packed, own].map(({ scratchBytes }) => (scratchBytes / 1024).toFixed(1)),
    ]),
  );
  return [
    '## Taps looked up by offsets, and columns packed one by one',
    `By \`npm run bench:im2col -- offsets\` on ${rows[0].device}, one core, layers run by themselves. *Packed* is fused im2col (\`conv_gemm\`): every column of a window is copied to a panel of its own. By *offsets* the lines of windows are kept together once, and a column is an offset into them, at which a vector is loaded as it lies: all taps of a *kernel row* share one run (\`conv_mec\`), or a *band* of padded lines serves all taps, of layers with few channels (\`conv_staged\`). Strips that do not lie in one row of the picture are packed by either. In a *picture* whose rows have zeros between them every tap is an offset and nothing is copied (\`conv_direct\`; [record 19](../adr/0019-zero-padded-pitch.md)): the layers before it and behind it have to leave it so, which is not counted here. All with the best of the three register tiles and blockings that their own estimate ranks first. Millions of cycles and of misses of the first-level cache; KiB of scratch that a thread holds, which by im2col are the panels of a round of strips:`,
    markdownTable(
      [
        ...['layer', '', 'weights', 'by offsets in', 'packed, cycles', 'by offsets', '', 'packed, misses'],
        ...['by offsets', 'packed, KiB', 'by offsets'],
      ],
      withoutRepeats(body, 2),
      4,
    ),
  ];
}
