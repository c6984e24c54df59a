import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { caseBytes } from './case.mjs';
import { FORMATS } from './formats/index.mjs';

/**
 * Damages files of every format the project reads and checks that reading them ends in a result or in a diagnostic:
 * no internal error, no hang, no more than 1 GB.
 */
const USAGE = `npm run fuzz -- [options]
  --format NAME   only this format, again for more: ${Object.keys(FORMATS).join(', ')}
  --cases N       cases of each format; default 10000
  --seed S        another seed gives other cases; default 1
  --from I        the first case; default 0
  --seeds DIR     for onnx: also the model.onnx files of this folder's folders
  --output DIR    where failing files go; default fuzz-failures
  --replay FILE   reads one such file, with --format`;

/** A process is replaced after this many cases, so that what one left behind does not count for the next. */
const CASES_A_PROCESS = 20_000;
/** With so many failures there is enough to look at. */
const MOST_FAILURES = 10;

const worker = fileURLToPath(new URL('work.mjs', import.meta.url));
const options = {
  format: { type: 'string', multiple: true, default: Object.keys(FORMATS) },
  cases: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  from: { type: 'string', default: '0' },
  seeds: { type: 'string' },
  output: { type: 'string', default: 'fuzz-failures' },
  replay: { type: 'string' },
};

process.exitCode = await main(parsed());

function parsed() {
  try {
    const { values } = parseArgs({ options });
    const [cases, seed, from] = [values.cases, values.seed, values.from].map(Number);
    const stranger = values.format.find((name) => !Object.hasOwn(FORMATS, name));
    if (stranger !== undefined) throw new Error(`there is no format ${JSON.stringify(stranger)}`);
    for (const number of [cases, seed, from]) if (!Number.isSafeInteger(number)) throw new Error('that is no number');
    return { ...values, cases, seed, from };
  } catch (error) {
    console.error(`error: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

async function main({ format: names, replay, ...run }) {
  if (replay !== undefined) return replayFile(names, replay);
  let failed = 0;
  for (const name of names) failed += await fuzz(name, run);
  return failed === 0 ? 0 : 1;
}

async function replayFile(names, replay) {
  if (names.length !== 1) {
    console.error('error: --replay takes one --format');
    return 2;
  }
  const { failures } = await work({ format: names[0], replay }, ({ said }) => console.log(said));
  for (const { problem } of failures) console.log(problem);
  return failures.length === 0 ? 0 : 1;
}

/** All cases of a format; returns how many failed. */
async function fuzz(name, { cases, seed, from, seeds, output }) {
  const total = { accepted: 0, refused: 0, failed: 0 };
  const end = from + cases;
  for (let at = from; at < end && total.failed < MOST_FAILURES;) {
    const to = Math.min(end, at + CASES_A_PROCESS);
    const { failures, counts, next } = await work({ format: name, seed, from: at, to, seeds });
    for (const failure of failures) keep(name, seed, seeds, output, failure);
    total.accepted += counts?.accepted ?? 0;
    total.refused += counts?.refused ?? 0;
    total.failed += failures.length;
    at = next ?? to;
  }
  console.log(`${name}: ${total.accepted} accepted, ${total.refused} refused, ${total.failed} failed (seed ${seed})`);
  return total.failed;
}

/** Tells of a failure and writes the file it happened with. */
function keep(name, seed, folder, output, { failed: index, problem }) {
  const format = FORMATS[name];
  const path = join(output, `${name}-${seed}-${index}`);
  mkdirSync(output, { recursive: true });
  writeFileSync(path, caseBytes(format, format.seeds(folder), seed, index));
  console.log(`${name}: seed ${seed}, case ${index}: ${problem}`);
  console.log(`  replay it with npm run fuzz -- --format ${name} --replay ${path}`);
}

/** One process. `next` is the case to go on with when it was lost. */
async function work(task, tell = () => undefined) {
  const child = spawn(process.execPath, [worker, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failures = [];
  let counts;
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line);
    if (message.failed !== undefined && message.problem !== undefined) failures.push(message);
    else if (message.said !== undefined) tell(message);
    else counts = message;
  }
  const [code] = await closed;
  if (counts !== undefined) return { failures, counts };
  if (code === 1) throw new Error(`the fuzzer itself has failed in ${JSON.stringify(task)}`);
  // Ended by the watchdog, which has told why, or by the engine, which has not.
  const last = failures.at(-1) ?? { failed: task.from ?? 0, problem: 'the process was lost' };
  return { failures: failures.length === 0 ? [last] : failures, next: last.failed + 1 };
}
