import { existsSync, readFileSync } from 'node:fs';

/** What a benchmark has recorded in docs/reference/NAME.json; nothing yet is no rows. */
export function recordedRows(name) {
  const file = new URL(`../../../docs/reference/${name}.json`, import.meta.url);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
}

const NETWORKS = ['resnet18', 'resnet50', 'mobilenet_v2', 'densenet121'];
const VARIANTS = ['dense', 'pruned-50', 'pruned-75', 'xnnpack'];

/** Rows in the order of the page, whatever order they were measured in. */
export function inOrder(rows) {
  const place = ({ network, variant, batch = 1, threads = 1, core = '' }) =>
    [NETWORKS.indexOf(network), core, batch, threads, VARIANTS.indexOf(variant)].map((one) =>
      typeof one === 'number' ? String(one + 1).padStart(4, '0') : one,
    );
  return [...rows].sort((a, b) => (place(a).join() < place(b).join() ? -1 : 1));
}

export const millions = (count, digits = 1) => (count / 1e6).toFixed(digits);
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** Blank where the cell above says the same. */
export function withoutRepeats(body, columns) {
  return body.map((row, index) =>
    row.map((cell, column) => {
      const same = body[index - 1]?.slice(0, column + 1).every((above, i) => above === row[i]);
      return column < columns && same ? '' : cell;
    }),
  );
}
