import { grouped, megabytes, printable, table } from '@ait-rvv/command';
import type { Statistics } from '@ait-rvv/remote';
import { classTable } from './classes.js';
import type { BenchReport, Figures } from './report.js';

/** A report for people: the whole inference, then its layers. */
export function describeReport(report: BenchReport): string {
  const { total, threads } = report;
  const model = report.model === undefined ? '' : ` (${report.model.core}, model ${report.model.version})`;
  return [
    `${report.name} on ${report.device}${model}, ${threads} thread${threads === 1 ? '' : 's'}, per inference`,
    ...(report.measurement === undefined ? time(total) : measurement(report)),
    ...instructions(total),
    ...multiplyAdds(total),
    ...cycles(report),
    layers(report),
    ...classTable(report),
  ].join('\n');
}

function time({ nanoseconds }: Figures): string[] {
  if (nanoseconds === undefined) return [];
  const milliseconds = (value: number | undefined): string => ((value ?? 0) / 1e6).toFixed(3);
  const { min, median, p95 } = nanoseconds;
  return [`min ${milliseconds(min)} ms, median ${milliseconds(median)} ms, p95 ${milliseconds(p95)} ms`];
}

/** How sure the times are, and where they were taken. */
function measurement({ measurement: measured }: BenchReport): string[] {
  if (measured === undefined) return [];
  const { nanoseconds, cycles: counted, cpus, machine } = measured;
  const row = (name: string, { min, median, p95, spread, outliers, count }: Statistics, scale: number): string[] => [
    name,
    (min / scale).toFixed(3),
    (median / scale).toFixed(3),
    (p95 / scale).toFixed(3),
    `${(100 * spread).toFixed(1)}%`,
    `${outliers} of ${count}`,
  ];
  const rows = [
    row('ms', nanoseconds, 1e6),
    ...(counted === undefined ? [] : [row('million cycles, all threads', counted, 1e6)]),
  ];
  const where = `${machine.model === '' ? 'the machine' : machine.model}, VLEN ${machine.vlen}, Linux ${machine.kernel}`;
  const on = cpus.length === 0 ? 'not bound to cores' : `on core${cpus.length === 1 ? '' : 's'} ${cpus.join(', ')}`;
  return [printable(`${where}; ${on}`), table(['', 'min', 'median', 'p95', 'spread', 'disturbed'], rows)];
}

function instructions({ classes, instructions: all }: Figures): string[] {
  if (classes === undefined || all === undefined) return [];
  const rows = Object.entries(classes)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => [name, grouped(count), percent(count / all)]);
  return [table(['instructions', 'executed', 'share'], [...rows, ['all', grouped(all), '100.0%']])];
}

function multiplyAdds({ multiplyAdds: needed, vectorMultiplyAdds: room }: Figures): string[] {
  if (room === undefined) return [];
  return [
    `multiply-adds: ${grouped(needed)} needed, room for ${grouped(room)} executed (${percent(needed / Math.max(1, room))} filled)`,
  ];
}

function cycles({ total, perThread }: BenchReport): string[] {
  if (total.cycles === undefined || total.memory === undefined) return [];
  const { l1Misses, l2Misses, dramBytes } = total.memory;
  const issue = total.issueCycles ?? 0;
  const branches = total.branchCycles ?? 0;
  const lines = [
    `cycles: ${grouped(Math.round(total.cycles))}, ${percent(total.shareOfPeak ?? 0)} of peak; ` +
      `issue ${percent(issue / total.cycles)}, branches ${percent(branches / total.cycles)}, the rest is memory`,
    `lines missed: ${grouped(l1Misses)} in the first level, ${grouped(l2Misses)} in the second; ` +
      `${megabytes(dramBytes)} from and to memory`,
  ];
  if (perThread === undefined || perThread.length < 2) return lines;
  const each = perThread.map(({ thread, cycles: own }) => `${thread}: ${grouped(Math.round(own ?? 0))}`);
  return [...lines, `cycles by thread: ${each.join(', ')}`];
}

interface Column {
  readonly title: string;
  /** Undefined when the device does not tell. */
  readonly cell: (figures: Figures, total: Figures) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'ms', cell: ({ nanoseconds }) => nanoseconds && (nanoseconds.min / 1e6).toFixed(3) },
  { title: 'cycles', cell: ({ cycles: own }) => (own === undefined ? undefined : grouped(own)) },
  {
    title: 'share',
    cell: ({ cycles: own }, { cycles: all }) => (own === undefined ? undefined : percent(own / Math.max(1, all ?? 0))),
  },
  { title: 'peak', cell: ({ shareOfPeak }) => (shareOfPeak === undefined ? undefined : percent(shareOfPeak)) },
  {
    title: 'instructions',
    cell: ({ instructions: own }) => (own === undefined ? undefined : grouped(Math.round(own))),
  },
  {
    title: 'filled',
    cell: ({ multiplyAdds: needed, vectorMultiplyAdds: room }) =>
      room === undefined ? undefined : room === 0 ? '-' : percent(needed / room),
  },
  { title: 'L1 misses', cell: ({ memory }) => memory && grouped(Math.round(memory.l1Misses)) },
  { title: 'L2 misses', cell: ({ memory }) => memory && grouped(Math.round(memory.l2Misses)) },
  { title: 'from L2', cell: ({ memory }) => memory && megabytes(memory.l2Bytes) },
  { title: 'memory', cell: ({ memory }) => memory && megabytes(memory.dramBytes) },
  { title: 'spills', cell: ({ vectorSpills }) => (vectorSpills === undefined ? undefined : grouped(vectorSpills)) },
];

function layers({ layers: all, outsideLayers, total }: BenchReport): string {
  const known = COLUMNS.filter(({ cell }) => cell(all[0] ?? total, total) !== undefined);
  const row = (name: string, kernel: string, figures: Figures): string[] => [
    name,
    kernel,
    grouped(figures.multiplyAdds),
    ...known.map(({ cell }) => cell(figures, total) ?? ''),
  ];
  const rows = all.map((layer) => row(layer.name, layer.kernel, layer));
  const outside = outsideLayers === undefined ? [] : [row('outside layers', '', outsideLayers)];
  return table(['layer', 'kernel', 'multiply-adds', ...known.map(({ title }) => title)], [...rows, ...outside]);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}
