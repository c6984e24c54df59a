import type { Profile, ProfileParameter } from './schema.js';

/** The profile for people. Names come from a model: they stand in code spans, where nothing is markup. */
export function profileMarkdown(profile: Profile): string {
  const { model, device, unit, tileRows, total, parameters } = profile;
  const tried = triedRatios(profile);
  const header = [
    ...['parameter', 'shape', 'dense', 'T x L', unit],
    ...tried.flatMap((ratio) => [`at ${ratio}`, 'T x L', unit]),
    'breaks even at',
  ];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const sums = total.pruned.map(
    (one) =>
      `- ratio ${one.ratio}, tiles of ${one.tileRows}: ${grouped(one.cost)} ${unit} (${share(one.cost, total.dense)})`,
  );
  return `${[
    `### Profile of ${code(model.name)} on ${code(device.name)}`,
    '',
    `${device.threads} thread${device.threads === 1 ? '' : 's'}, VLEN ${device.vlen}, ${code(profile.compiler)}.`,
    '',
    `- dense: ${grouped(total.dense)} ${unit}`,
    ...sums,
    ...(tileRows === null
      ? []
      : ['', `Masks are best made for tiles of **${tileRows}** rows; the columns below are for these.`]),
    '',
    row(header),
    row(header.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...parameters.map((one) => row(cells(one, tried, tileRows))),
  ].join('\n')}\n`;
}

function triedRatios({ total }: Profile): readonly number[] {
  return [...new Set(total.pruned.map(({ ratio }) => ratio))].sort((a, b) => a - b);
}

function cells(one: ProfileParameter, tried: readonly number[], tileRows: number | null): readonly string[] {
  const choice = (of: ProfileParameter['dense'] | undefined): string[] =>
    of === undefined ? ['', '', ''] : [of.algorithm, tile(of), grouped(of.cost)];
  return [
    ...[code(one.parameter), one.shape.join('x'), ...choice(one.dense)],
    ...tried.flatMap((ratio) => choice(one.pruned.find((p) => p.ratio === ratio && p.tileRows === tileRows))),
    breakEvenText(one.breakEven),
  ];
}

function tile({ t, l }: ProfileParameter['dense']): string {
  return t === null ? '' : `${t}x${l ?? ''}`;
}

function breakEvenText(found: ProfileParameter['breakEven']): string {
  if (found === null) return '';
  return `${{ between: '', extrapolated: '~', atMost: '≤ ' }[found.kind]}${found.ratio}`;
}

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function code(text: string): string {
  return `\`${text.replace(/[\u0000-\u001f\u007f-\u009f`]/g, "'").replaceAll('|', '\\|')}\``;
}
