import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { caseBytes } from './case.mjs';
import { verdict } from './verdict.mjs';

/**
 * Reads damaged files, one after the other, in a process of its own that may be lost: `work.mjs` with JSON
 * `{registry, format, seed, from, to, seconds}`, or `{…, replay}` for one file. Prints a JSON line for every failure,
 * then the counts.
 */
const { registry, format: name, seed, from, to, seconds, replay, seeds: folder } = JSON.parse(process.argv[2]);
const LIMITS = { milliseconds: seconds * 1000, bytes: 1e9 };

const { [name]: format } = (await import(registry)).FORMATS;
const scratch = mkdtempSync(join(tmpdir(), 'ait-fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const read = format.prepare(scratch);
const state = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
const url = new URL('watchdog.mjs', import.meta.url);
new Worker(url, { workerData: { state: state.buffer, ...LIMITS } }).unref();

const counts = { accepted: 0, refused: 0, failed: 0 };
if (replay !== undefined) await tryFile(0, readFileSync(replay), true);
else {
  const seeds = await format.seeds(folder);
  for (let index = from; index < to; index++) {
    await tryFile(index, caseBytes(format, seeds, seed, index), false);
  }
}
report(counts);
process.exit();

async function tryFile(index, bytes, isTold) {
  Atomics.store(state, 0, index);
  try {
    await read(bytes);
    counts.accepted++;
    if (isTold) report({ said: 'accepted' });
  } catch (error) {
    const { refused, text } = verdict(error);
    counts[refused ? 'refused' : 'failed']++;
    if (!refused) report({ failed: index, problem: text });
    else if (isTold) report({ said: text });
  }
}

function report(value) {
  writeSync(1, `${JSON.stringify(value)}\n`);
}
