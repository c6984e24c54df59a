import { coreNames, loadCore } from '@ait-rvv/remote';
import { KERNELS } from '../simulator/kernels.mjs';
import { LOOPS, SCALAR_LOOPS } from '../simulator/loops.mjs';
import { recordedResults } from '../simulator/measure.mjs';
import { ABOUT, DESCRIBING, NOT_MODELLED } from './simulator-text.mjs';

/** The largest deviation that needs no explanation. */
const TOLERANCE = 0.1;
const SGEMM_PUBLISHED = 0.4;

/** docs/reference/simulator.md: what the model says beside what was measured, from recorded results. */
export function simulatorPage() {
  const results = recordedResults();
  const cores = coreNames().map((name) => ({ name, ...loadCore(name), results: results?.cores[name] }));
  for (const { name, version, results: own } of cores) {
    if (own?.version !== version)
      throw new Error(`the results of ${name} are out of date; run npm run bench:simulator`);
  }
  return [
    ABOUT,
    ...cores.map(instructionTable),
    '## Published kernels on the SpacemiT X60',
    '',
    kernelTable(cores.find(({ name }) => name === 'spacemit-x60')),
    '## Loads beside multiply-adds',
    '',
    overlapText(),
    ...cores.map(overlapTable),
    NOT_MODELLED,
    DESCRIBING,
    '## Sources',
    '',
    ...cores.map(sourceList),
  ].join('\n');
}

function deviation(model, published) {
  return model / published - 1;
}

function percent(value) {
  const size = (100 * Math.abs(value)).toFixed(1);
  if (size === '0.0') return '0.0 %';
  return `${value < 0 ? '−' : '+'}${size} %`;
}

function number(value) {
  return String(Math.round(value * 100) / 100);
}

/** Refuses a deviation that nobody has explained. */
function explained(what, worst, why) {
  if (Math.abs(worst) > TOLERANCE && why === undefined) {
    throw new Error(`${what} deviates by ${percent(worst)} from what was published, and nothing says why`);
  }
  return why ?? '';
}

function instructionTable({ name, core, results }) {
  const rows = [...LOOPS, ...SCALAR_LOOPS].flatMap((loop) => instructionRow(loop, name, results) ?? []);
  const explanations = [...LOOPS, ...SCALAR_LOOPS]
    .filter((loop) => loop.published[name] !== undefined && loop.why?.[name] !== undefined)
    .map((loop) => `- **${loop.name}**: ${loop.why[name]}.`);
  return [
    `## Instructions of the ${core.name} (\`sim:${name}\`)`,
    '',
    `Cycles per instruction, LMUL 1 / 2 / 4 / 8, e32. ${loopNote(name)}`,
    '',
    '| loop | model | published | largest deviation | kind |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...explanations,
    ...(explanations.length === 0 ? [] : ['']),
    ...assumedText(core),
  ].join('\n');
}

/** Names the kinds of instructions whose cycles come from no publication. */
function assumedText({ scalar, vector }) {
  const assumed = Object.entries({ ...scalar, ...vector }).filter(([, { source }]) =>
    /^(assumption|fit)\b/.test(source),
  );
  const names = assumed.map(([kind]) => `\`${kind}\``).join(', ');
  return names === '' ? [] : [`Taken from no publication, but assumed or fitted: ${names}.`, ''];
}

function loopNote(name) {
  if (name === 'spacemit-x60') return 'Published by rvv-bench unless the loop says otherwise.';
  if (name === 'c908') return 'Published by rvv-bench; everything else of this core is taken over from the X60.';
  return 'Published by rvv-bench, whose numbers hold 0.14 cycles of the loop around.';
}

function instructionRow(loop, core, results) {
  const published = loop.published[core];
  if (published === undefined) return undefined;
  const model = results.loops.filter(({ name }) => name === loop.name).map(({ cycles }) => cycles);
  const worst = published
    .map((value, i) => deviation(model[i], value))
    .reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  explained(`${loop.name} on ${core}`, worst, loop.why?.[core]);
  const from = loop.from === undefined ? '' : ` (${loop.from})`;
  const shown = model.slice(0, published.length).map(number).join(' / ');
  return `| ${loop.name}${from} | ${shown} | ${published.map(number).join(' / ')} | ${percent(worst)} | ${loop.role} |`;
}

function kernelTable({ results }) {
  const rows = KERNELS.map(({ name, lmul, level, bytes, published, from, role, why }, i) => {
    const model = results.kernels[i].bytesPerCycle;
    const worst = deviation(model, published['spacemit-x60']);
    const note = explained(`${name} of LMUL ${lmul} in ${level}`, worst, why);
    const what = `${name}, LMUL ${lmul}, ${bytes.toLocaleString('en')} bytes in ${level}`;
    return `| ${what} | ${number(model)} | ${number(published['spacemit-x60'])} (${from}) | ${percent(worst)} | ${role} | ${note} |`;
  });
  const worst = deviation(results.sgemm, SGEMM_PUBLISHED);
  const why = explained('sgemm', worst, SGEMM_WHY);
  return [
    'Bytes per cycle; a copy counts the bytes copied.',
    '',
    '| kernel | model | published | deviation | kind | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    `| sgemm, share of peak | ${number(results.sgemm)} | ${number(SGEMM_PUBLISHED)} (OpenBLAS, order 1024) | ${percent(worst)} | prediction | ${why} |`,
    '',
  ].join('\n');
}

const SGEMM_WHY =
  'ours has the blocking and the 16x8 inner kernel of OpenBLAS, at order 512, without its interface, threads and assembly';

function overlapText() {
  return [
    'Inner loops of a matrix multiplication: per step one vector load and T multiply-adds of one group. Nothing of this',
    'kind is published for these cores; the tables show what follows from the two dependences that matter most: a load',
    'used at once exposes its latency, and a scalar load right before its `vfmacc.vf` stalls an in-order core.',
    '',
  ].join('\n');
}

function overlapTable({ name, core, results }) {
  const rows = results.overlap.map(
    ({ name: how, rows: tile, lmul, cycles, share }) =>
      `| ${tile} | ${lmul} | ${how} | ${number(cycles)} | ${(100 * share).toFixed(0)} % |`,
  );
  return [
    `**${core.name}** (\`sim:${name}\`)`,
    '',
    '| T | LMUL | | cycles per step | share of peak |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function sourceList({ core, version }) {
  const rows = Object.entries(core.sources).map(([key, text]) => `- **${key}**: ${text}.`);
  return [`**${core.name}**, model version \`${version}\``, '', ...rows, ''].join('\n');
}
