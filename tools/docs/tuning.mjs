import { readFileSync } from 'node:fs';

/** docs/reference/tuning.md: what tuning finds, from recorded results. */
export function tuningPage() {
  const results = JSON.parse(readFileSync(new URL('../../docs/reference/tuning.json', import.meta.url), 'utf8'));
  const { device, compiler, jobs, layers, networks } = results;
  return [
    '# Tuning',
    '',
    'Made by `npm run docs` from recorded results; `npm run bench:tune` measures them anew, with `-- layers` or `-- networks`',
    'these alone. Do not edit.',
    '',
    ABOUT,
    `Measured on ${device.name} (model ${device.version}), 1 thread, ${compiler}. All figures are modelled cycles`,
    '([simulator.md](simulator.md)).',
    '',
    ...(layers === undefined ? [] : layersPart(layers)),
    ...(networks === undefined ? [] : networksPart(networks, jobs)),
  ].join('\n');
}

function layersPart(layers) {
  return [
    '## Estimate, tuning, and the best there is',
    '',
    LAYERS_TEXT,
    table(
      [
        'layer',
        'kind',
        'choices',
        'tuning tried',
        'by the estimate',
        'tuned',
        'exhaustive best',
        'estimate loses',
        'tuning loses',
      ],
      layers.map((one) => [
        `${one.network} ${one.layer}`,
        one.kind,
        one.choices,
        one.measured,
        grouped(one.estimated),
        grouped(one.tuned),
        grouped(one.exhaustive),
        percent(one.estimated / one.exhaustive - 1),
        percent(one.tuned / one.exhaustive - 1),
      ]),
      2,
    ),
    '',
    '## Does a sample rank as the whole?',
    '',
    SAMPLE_TEXT,
    table(
      [
        'layer',
        'kind',
        'choices run whole',
        'pairs in the same order',
        'estimate, sample : whole',
        'tuned, sample : whole',
      ],
      layers.map((one) => [
        `${one.network} ${one.layer}`,
        one.kind,
        one.ranked.choices,
        percent(one.ranked.agreement),
        (one.sample.estimated / one.estimated).toFixed(3),
        (one.sample.tuned / one.tuned).toFixed(3),
      ]),
      2,
    ),
    '',
  ];
}

function networksPart(networks, jobs) {
  return [
    '## Networks',
    '',
    networksText(jobs),
    table(
      [
        'network',
        'distinct layers',
        'choices',
        'seconds',
        'load at the start',
        'dense, estimate : tuned',
        'half pruned, estimate : tuned',
        'half pruned : dense',
      ],
      networks.map(({ network, layers: count, choices, seconds, load, totals }) => [
        network,
        count,
        choices ?? '',
        seconds ?? '',
        load ?? '',
        ratio(totals.dense),
        ratio(totals.pruned),
        (totals.pruned.tuned / totals.dense.tuned).toFixed(3),
      ]),
      1,
    ),
    '',
    'Where the estimate loses most:',
    '',
    ...networks.flatMap(({ network, totals }) =>
      Object.entries(totals).map(
        ([form, { worst }]) =>
          `- ${network}, ${form}: \`${worst.layer}\` costs ${percent(worst.loss)} more than its best`,
      ),
    ),
    '',
  ];
}

const ABOUT = `\`ait-rvv tune MODEL --device D -o tuning.db\` measures, for every distinct layer of a model, which kernel, register
tile and blocking is best on a device; \`compile --tuning tuning.db\` uses it. Without it a cost estimate decides.
[ADR 13](../adr/0013-tuning.md) says how the search goes and what is kept.
`;

const LAYERS_TEXT = `Each layer was tuned as the command does it, on a sample of it; then every choice there is was measured on the
sample; and what the estimate, the tuning and the exhaustive search had chosen, with every register tile there is, was run
on the whole layer. The cycles are those of the whole layer; the best of everything that was run counts as exhaustive best.
`;

const SAMPLE_TEXT = `Of a convolution with more than 12 million multiply-adds some rows of the picture are run, everything else is whole. Of
all pairs of choices that were run both ways, and that differ by more than 1 % in the whole, so many come in the same order;
and what the sample's cycles, scaled up, are to those of the whole.
`;

function networksText(jobs) {
  return `Dense and half pruned (mask tiles of 14 rows) in one run, on a machine with ${jobs} cores that others used as well: the
load is the number of processes that wanted one. Estimate : tuned is the sum over all layers of what the estimate would
choose over the sum of what was measured to be best.
`;
}

function ratio({ estimated, tuned }) {
  return (estimated / tuned).toFixed(3);
}

function table(header, rows, texts) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i < texts ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function grouped(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}
