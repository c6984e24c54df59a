import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { caseBytes } from './case.mjs';

/**
 * Damages files of every format the project reads and checks that reading them ends in a result or in a diagnostic:
 * no internal error, no hang, no more than 1 GB.
 */
const USAGE = `npm run fuzz -- [options]
  --format NAME   only this format, again for more
  --cases N       cases of each format; default 10000
  --seed S        another seed gives other cases; default 1
  --from I        the first case; default 0
  --seeds DIR     for onnx: also the model.onnx files of this folder's folders
  --output DIR    where failing files go; default fuzz-failures
  --replay FILE   reads one such file, with --format
  --seconds N     what one file may take; default 10
  --registry FILE a module with other FORMATS, to test what tests`;

/** A process is replaced after this many cases, so that what one left behind does not count for the next. */
const CASES_A_PROCESS = 20_000;
/** With so many failures there is enough to look at. */
const MOST_FAILURES = 10;

const NUMBERS = ['cases', 'seed', 'from', 'seconds'];

const worker = fileURLToPath(new URL('work.mjs', import.meta.url));
const options = {
  format: { type: 'string', multiple: true },
  cases: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  from: { type: 'string', default: '0' },
  seeds: { type: 'string' },
  output: { type: 'string', default: 'fuzz-failures' },
  replay: { type: 'string' },
  seconds: { type: 'string', default: '10' },
  registry: { type: 'string', default: fileURLToPath(new URL('formats/index.mjs', import.meta.url)) },
};

const { formats, ...given } = await parsed();
process.exitCode = await main(given);

async function parsed() {
  try {
    const { values } = parseArgs({ options });
    const registry = pathToFileURL(values.registry).href;
    const { FORMATS } = await import(registry);
    const { format: names = Object.keys(FORMATS) } = values;
    const stranger = names.find((name) => !Object.hasOwn(FORMATS, name));
    if (stranger !== undefined)
      throw new Error(`there is no format ${JSON.stringify(stranger)}, but ${Object.keys(FORMATS).join(', ')}`);
    const numbers = Object.fromEntries(NUMBERS.map((name) => [name, whole(name, values[name])]));
    return { ...values, ...numbers, registry, names, formats: FORMATS };
  } catch (error) {
    console.error(`error: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function whole(name, text) {
  if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`--${name} takes a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

async function main({ names, replay, ...run }) {
  if (replay !== undefined) return replayFile(names, replay, run);
  let failed = 0;
  for (const name of names) failed += await fuzz(name, run);
  return failed === 0 ? 0 : 1;
}

async function replayFile(names, replay, { registry, seconds }) {
  if (names.length !== 1) {
    console.error('error: --replay takes one --format');
    return 2;
  }
  const { failures } = await work({ registry, seconds, format: names[0], replay }, ({ said }) => console.log(said));
  for (const { problem } of failures) console.log(problem);
  return failures.length === 0 ? 0 : 1;
}

/** All cases of a format; returns how many failed. */
async function fuzz(name, { cases, seed, from, seeds, seconds, registry, output }) {
  const total = { accepted: 0, refused: 0, failed: 0 };
  const end = from + cases;
  for (let at = from; at < end && total.failed < MOST_FAILURES;) {
    const to = Math.min(end, at + CASES_A_PROCESS);
    const { failures, counts, next } = await work({ registry, seconds, format: name, seed, from: at, to, seeds });
    for (const failure of failures) await keep(name, seed, seeds, output, failure);
    total.accepted += counts?.accepted ?? 0;
    total.refused += counts?.refused ?? 0;
    total.failed += failures.length;
    at = next ?? to;
  }
  console.log(`${name}: ${total.accepted} accepted, ${total.refused} refused, ${total.failed} failed (seed ${seed})`);
  return total.failed;
}

/** Tells of a failure and writes the file it happened with. */
async function keep(name, seed, folder, output, { failed: index, problem }) {
  const { [name]: format } = formats;
  const path = join(output, `${name}-${seed}-${index}`);
  mkdirSync(output, { recursive: true });
  writeFileSync(path, caseBytes(format, await format.seeds(folder), seed, index));
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
