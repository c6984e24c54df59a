import { aloneOf, lossOf, networkLoss } from '../../bench/parallel/split.mjs';
import { markdownTable } from '../markdown.mjs';
import { nameOf } from '../networks.mjs';
import { inOrder, millions, percent, recordedRows, withoutRepeats } from './rows.mjs';

/** Layers of the table of those that lose most. */
const WORST = 12;

/** Several cores and several pictures, from what `npm run bench:parallel` has measured. */
export function parallelPart() {
  const rows = inOrder(recordedRows('parallel').filter(({ size }) => size === 224));
  if (rows.length === 0) return [];
  return [
    '## Several cores, several pictures',
    `By \`npm run bench:parallel\` on ${rows[0].device}. Four cores share a second-level cache, all of them the bandwidth of memory. The speed-up is over the same network on one core, both compiled for as many threads as they run on ([record 18](../adr/0018-depthwise-stages.md) says what differs); *times XNNPACK* is over XNNPACK with as many pictures and cores. XNNPACK shares its work out by the threads of its own pthreadpool, run on the same simulated cores. Millions of cycles, all pictures together:`,
    totals(rows),
    ...losses(rows),
    ...worstLayers(rows),
  ];
}

function totals(rows) {
  const body = rows.map((row) => {
    const alone = aloneOf(row, rows);
    const other = xnnpackOf(row, rows);
    return [
      ...[nameOf(row.network), String(row.batch), String(row.threads), row.title],
      ...[millions(row.cycles), percent(row.shareOfPeak)],
      row.threads === 1 || alone === undefined ? '' : `${(alone.cycles / row.cycles).toFixed(2)}x`,
      other === undefined || other === row ? '' : `${(other.cycles / row.cycles).toFixed(2)}x`,
      millions(row.dramBytes),
    ];
  });
  return markdownTable(
    [
      'network',
      'pictures',
      'cores',
      'variant',
      'cycles',
      'of peak',
      'speed-up',
      'times XNNPACK',
      'MB from and to memory',
    ],
    withoutRepeats(body, 3),
    4,
  );
}

function xnnpackOf(row, rows) {
  return rows.find((one) => {
    return one.variant === 'xnnpack' && ['network', 'batch', 'threads'].every((name) => one[name] === row[name]);
  });
}

/** Rows of several cores whose row of one core is there; XNNPACK's layers are one, which tells nothing. */
function compared(rows) {
  return rows
    .filter(({ threads, variant }) => threads > 1 && variant !== 'xnnpack')
    .map((row) => ({ row, alone: aloneOf(row, rows) }))
    .filter(({ alone }) => alone !== undefined);
}

function losses(rows) {
  const body = compared(rows).map(({ row, alone }) => {
    const { even, work, imbalance, memory } = networkLoss(row, alone);
    const shared = row.layers.filter((layer) => layer.shared).length;
    return [
      ...[nameOf(row.network), String(row.batch), String(row.threads), row.title],
      ...[even, work, imbalance, memory].map((cycles) => millions(cycles)),
      String(shared),
      percent((shared * HAND_OVER) / row.cycles),
    ];
  });
  if (body.length === 0) return [];
  return [
    'Where the cycles on several cores go: those of one core shared evenly; what the cores need beyond them, which is mostly lines that another core has displaced or that each reads for itself; waiting for the slowest core of a layer; waiting for memory that serves all. Every layer that several cores share ends with a barrier. The simulator charges the instructions around it, not what the operating system takes to wake threads; the last column says how much more it would be at 10 µs a layer.',
    markdownTable(
      [
        'network',
        'pictures',
        'cores',
        'variant',
        'shared evenly',
        'more work',
        'slowest core',
        'memory',
        'barriers',
        'if 10 µs each',
      ],
      withoutRepeats(body, 3),
      4,
    ),
  ];
}

/** Cycles of 10 µs at the X60's 1.6 GHz. */
const HAND_OVER = 16_000;

function worstLayers(rows) {
  const most = compared(rows).filter(({ row }) => row.network === 'resnet50' && row.batch === 1);
  const threads = Math.max(0, ...most.map(({ row }) => row.threads));
  return most
    .filter(({ row }) => row.threads === threads)
    .map(({ row, alone }) => {
      const body = row.layers
        .map((layer) => ({ layer, cycles: alone.layers.find(({ name }) => name === layer.name)?.cycles ?? 0 }))
        .map(({ layer, cycles }) => ({ layer, cycles, ...lossOf(layer, cycles, row.threads) }))
        .sort((a, b) => b.layer.cycles - b.even - (a.layer.cycles - a.even))
        .slice(0, WORST)
        .map(({ layer, cycles, work, imbalance, memory }) => [
          `\`${layer.name}\``,
          ...[cycles, layer.cycles].map((count) => millions(count, 2)),
          `${(cycles / layer.cycles).toFixed(2)}x`,
          ...[work, imbalance, memory].map((count) => millions(count, 2)),
        ]);
      const header = ['layer', 'one core', `${threads} cores`, 'speed-up', 'more work', 'slowest core', 'memory'];
      return [
        `The layers of ${nameOf(row.network)}, ${row.title}, that lose most on ${threads} cores:`,
        markdownTable(header, body, 1),
      ].join('\n\n');
    });
}
