import { exportOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeGraph } from './node-graph.mjs';

/**
 * Time and peak memory of the compiler on this machine: ONNX file to C, each network in a process of its own, the
 * best of three. Limits: ResNet-50 in 5 s and 1.5 GB, the others in proportion to their weights. Then the same for
 * graphs of many nodes: 5,000 in 20 s, and no node may take longer for standing in a large graph.
 */
const cli = fileURLToPath(new URL('../../packages/cli/bin/ait-rvv.mjs', import.meta.url));
const meter = fileURLToPath(new URL('meter.mjs', import.meta.url));
const NETWORKS = ['squeezenet1_1', 'mobilenet_v2', 'resnet18', 'resnet50', 'densenet121', 'resnet101', 'resnet152'];
const LIMIT = { network: 'resnet50', seconds: 5, gigabytes: 1.5 };
const ROUNDS = 3;
const NODES = [500, 1000, 2000, 5000];
const MOST_SECONDS = 20;
/** A node of the largest graph may take this much of the time of one in the next smaller graphs. */
const MOST_GROWTH = 1.5;

const folder = mkdtempSync(join(tmpdir(), 'ait-bench-'));
try {
  const exceeded = networks() + nodes();
  console.log(exceeded === 0 ? 'all within their limits' : `${exceeded} beyond their limits`);
  process.exitCode = exceeded === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Prints the table of networks; returns how many are beyond their limits. */
function networks() {
  const rows = NETWORKS.map((name) => {
    const model = join(folder, `${name}.onnx`);
    writeFileSync(model, exportOnnx(buildZooModel(parseZooReference(`zoo:${name}`))));
    return { name, megabytes: statSync(model).size / 1e6, ...measure(model) };
  });
  const reference = rows.find((row) => row.name === LIMIT.network).megabytes;
  let slow = 0;
  console.log('network        ONNX file   seconds   limit   peak memory    limit');
  for (const { name, megabytes, seconds, gigabytes } of rows) {
    const share = Math.max(1, megabytes / reference);
    const [time, memory] = [LIMIT.seconds * share, LIMIT.gigabytes * share];
    if (seconds > time || gigabytes > memory) slow++;
    const cells = [
      name.padEnd(13),
      `${megabytes.toFixed(1).padStart(7)} MB`,
      seconds.toFixed(2).padStart(7),
      time.toFixed(1).padStart(6),
    ];
    console.log([...cells, `${gigabytes.toFixed(2).padStart(9)} GB`, `${memory.toFixed(2).padStart(6)} GB`].join('  '));
  }
  return slow;
}

/** Prints the table of graphs by number of nodes; returns 1 when it grows faster than they do, or takes too long. */
function nodes() {
  console.log('\nnodes   seconds   peak memory   ms a further node');
  const model = join(folder, 'nodes.onnx');
  const rates = [];
  let before = { count: 0, seconds: 0 };
  for (const count of NODES) {
    writeFileSync(model, nodeGraph(count));
    const { seconds, gigabytes } = measure(model);
    const rate = (1000 * (seconds - before.seconds)) / (count - before.count);
    const isFirst = before.count === 0;
    const cells = [
      String(count).padStart(5),
      seconds.toFixed(2).padStart(8),
      `${gigabytes.toFixed(2).padStart(11)} GB`,
    ];
    // The first one holds the start of the process.
    console.log([...cells, isFirst ? '' : rate.toFixed(2).padStart(17)].join('  ').trimEnd());
    if (!isFirst) rates.push(rate);
    before = { count, seconds };
  }
  const last = rates.pop();
  return before.seconds > MOST_SECONDS || last > MOST_GROWTH * Math.max(...rates) ? 1 : 0;
}

function measure(model) {
  const runs = Array.from({ length: ROUNDS }, () => compileOnce(model));
  return {
    seconds: Math.min(...runs.map((run) => run.seconds)),
    gigabytes: Math.max(...runs.map((run) => run.kilobytes)) / 1e6,
  };
}

function compileOnce(model) {
  const args = [meter, cli, 'compile', model, '--emit', 'c', '-o', join(folder, 'out')];
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, kilobytes: Number(stdout.trim().split('\n').at(-1)) };
}
