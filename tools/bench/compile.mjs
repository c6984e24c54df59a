import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, withFolder, writeModel } from './metered.mjs';
import { nodeTables } from './nodes.mjs';

/**
 * Time and peak memory of the compiler on this machine: ONNX file to C, each network in a process of its own, the
 * best of three. Limits: ResNet-50 in 5 s and 1.5 GB, the others in proportion to their weights. Then the same for
 * graphs of many nodes.
 */
const cli = fileURLToPath(new URL('../../packages/cli/bin/ait-rvv.mjs', import.meta.url));
const NETWORKS = ['squeezenet1_1', 'mobilenet_v2', 'resnet18', 'resnet50', 'densenet121', 'resnet101', 'resnet152'];
const LIMIT = { network: 'resnet50', seconds: 5, gigabytes: 1.5 };

withFolder((folder) => {
  const compile = (path) => measure(cli, ['compile', path, '--emit', 'c', '-o', join(folder, 'out')]);
  const exceeded = networkTable(folder, compile) + nodeTables(folder, compile);
  console.log(exceeded === 0 ? 'all within their limits' : `${exceeded} beyond their limits`);
  process.exitCode = exceeded === 0 ? 0 : 1;
});

/** Prints the table of networks; returns how many are beyond their limits. */
function networkTable(folder, compile) {
  const rows = NETWORKS.map((name) => {
    const { path, megabytes } = writeModel(folder, name);
    return { name, megabytes, ...compile(path) };
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
