import { exportOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Time and peak memory of the compiler on this machine: ONNX file to C, each network in a process of its own, the
 * best of three. Limits: ResNet-50 in 5 s and 1.5 GB, the others in proportion to their weights.
 */
const cli = fileURLToPath(new URL('../../packages/cli/bin/ait-rvv.mjs', import.meta.url));
const meter = fileURLToPath(new URL('meter.mjs', import.meta.url));
const NETWORKS = ['squeezenet1_1', 'mobilenet_v2', 'resnet18', 'resnet50', 'densenet121', 'resnet101', 'resnet152'];
const LIMIT = { network: 'resnet50', seconds: 5, gigabytes: 1.5 };
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), 'ait-bench-'));
try {
  const rows = NETWORKS.map(measure);
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
  console.log(slow === 0 ? 'all within their limits' : `${slow} beyond their limits`);
  process.exitCode = slow === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(name) {
  const model = join(folder, `${name}.onnx`);
  writeFileSync(model, exportOnnx(buildZooModel(parseZooReference(`zoo:${name}`))));
  const runs = Array.from({ length: ROUNDS }, () => compileOnce(model));
  return {
    name,
    megabytes: statSync(model).size / 1e6,
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
