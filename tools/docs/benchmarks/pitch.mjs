import { markdownTable } from '../markdown.mjs';
import { millions, recordedRows, withoutRepeats } from './rows.mjs';

/** Whole networks tuned with and without pictures on a zero-padded pitch, from what `npm run bench:im2col` has measured. */
export function pitchPart() {
  const rows = recordedRows('pitch');
  if (rows.length === 0) return [];
  const body = rows.map(({ channels, size, layers, ratio, blocks, pitch, inPicture }) => [
    `${layers} layers of ${channels} channels, ${size}x${size}`,
    ratio === null ? 'dense' : `pruned ${ratio}`,
    ...[blocks, pitch].map((cycles) => millions(cycles, 2)),
    `${(blocks / pitch).toFixed(2)}x`,
    inPicture === 0 ? 'blocks' : `a pitch, for ${inPicture} layers`,
  ]);
  return [
    '## Pictures on a zero-padded pitch',
    `By \`npm run bench:im2col -- pitch\` on ${rows[0].device}, one core: networks of 3x3 layers, tuned with their pictures in blocks of positions, and with \`tune --pitch\`, which measures them on a pitch as well ([record 19](../adr/0019-zero-padded-pitch.md)). The compiler takes the form that was measured to cost less. Millions of cycles of the whole program:`,
    markdownTable(
      ['network', 'weights', 'in blocks', 'with `--pitch`', '', 'the tuner takes'],
      withoutRepeats(body, 1),
      2,
    ),
  ];
}
