import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

// Looks on, from a thread of its own, while the main thread reads damaged files, and ends the process when one takes
// too long or too much. `state` holds the case that runs and when it began, in milliseconds since the start.
const { state: shared, milliseconds, bytes } = workerData;
const state = new Int32Array(shared);
const sleep = new Int32Array(new SharedArrayBuffer(4));

for (;;) {
  const before = Atomics.load(state, 0);
  const since = performance.now();
  for (;;) {
    Atomics.wait(sleep, 0, 0, 20);
    if (process.memoryUsage.rss() > bytes) end(`takes more than ${bytes / 1e9} GB`);
    if (Atomics.load(state, 0) !== before) break;
    if (performance.now() - since > milliseconds) end(`takes longer than ${milliseconds / 1000} s`);
  }
}

function end(problem) {
  writeSync(1, `${JSON.stringify({ failed: Atomics.load(state, 0), problem })}\n`);
  process.kill(process.pid, 'SIGKILL');
}
