import { markdownTable } from '../markdown.mjs';
import { millions, recordedRows } from './rows.mjs';

/** Packing inside the tasks against a pass of its own, from what `npm run bench:im2col` has measured. */
export function im2colPart() {
  const rows = recordedRows('im2col').sort((a, b) => (a.layer < b.layer ? -1 : 1));
  if (rows.length === 0) return [];
  const moved = ({ l2Bytes, dramBytes }) => l2Bytes + dramBytes;
  const body = rows.map(({ layer, channels, size, stride, fused, im2col, product }) => {
    const cycles = im2col.cycles + product.cycles;
    const bytes = moved(im2col) + moved(product);
    return [
      `\`${layer}\``,
      `${channels} channels, ${size}x${size}, stride ${stride}`,
      ...[fused.cycles, im2col.cycles, product.cycles, cycles].map((count) => millions(count, 2)),
      `${(cycles / fused.cycles).toFixed(2)}x`,
      ...[moved(fused), bytes].map((count) => millions(count)),
      `${(bytes / moved(fused)).toFixed(2)}x`,
    ];
  });
  return [
    '## Windows packed inside the tasks, and in a pass of their own',
    `By \`npm run bench:im2col\`: 3x3 layers of ResNet-50 on ${rows[0].device}, one core. *Fused* is the layer as it is compiled: each task packs the windows it multiplies. *Two passes* writes the matrix of all windows first, nine shifted copies of the padded picture, and multiplies it as a 1x1 layer. The copies read and write channel by channel; the product is the better one of two, over that matrix and over one in blocks of positions, for which no further cycles are charged. Bytes are those between the caches and from and to memory. Millions:`,
    markdownTable(
      [
        ...['layer', '', 'fused, cycles', 'first pass', 'product', 'two passes', '', 'fused, bytes moved'],
        ...['two passes, bytes moved', ''],
      ],
      body,
    ),
  ];
}
