import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { inOrder, millions, recordedRows, withoutRepeats } from './rows.mjs';

/** Peak memory, from what `npm run bench:memory` has measured. */
export function memoryPart() {
  const rows = inOrder(recordedRows('memory').filter(({ size }) => size === 224));
  if (rows.length === 0) return [];
  const body = rows.flatMap(({ network, title, held }) =>
    byLength(held).map(({ lengths, live, arena, scratch }) => [
      ...[nameOf(network), title, lengths],
      ...[live, arena, scratch].map((bytes) => millions(bytes, 2)),
      ((arena + scratch) / live).toFixed(3),
    ]),
  );
  return [
    '## Peak memory',
    'By `npm run bench:memory`: what an inference of one thread takes beside weights and the caller’s inputs and outputs. The largest live set is the most that values alive at once take; no program needs less. MB:',
    markdownTable(
      ['network', 'variant', 'VLEN', 'largest live set', 'arena', 'scratch', 'times the live set'],
      withoutRepeats(body, 2),
      3,
    ),
  ];
}

/** Vector lengths with the same bytes share a row. */
function byLength(held) {
  const groups = new Map();
  for (const { vlen, ...bytes } of held) {
    const key = JSON.stringify(bytes);
    const group = groups.get(key) ?? { ...bytes, vlens: [] };
    group.vlens.push(vlen);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ vlens, ...bytes }) => ({ ...bytes, lengths: lengthText(vlens) }));
}

const lengthText = (vlens) => (vlens.length === 1 ? String(vlens[0]) : `${vlens[0]} to ${vlens.at(-1)}`);
