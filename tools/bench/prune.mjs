import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, withFolder, writeModel } from './metered.mjs';

/**
 * Time and peak memory of the planner on this machine: ResNet-152 from its ONNX file to a plan, a process of its own
 * each, the best of three. The limit is 10 s and 1.5 GB.
 */
const program = fileURLToPath(new URL('../../packages/pruning/bin/ait-rvv-prune.mjs', import.meta.url));
const NETWORK = 'resnet152';
const LIMIT = { seconds: 10, gigabytes: 1.5 };
const TASKS = {
  'one ratio': ['--ratio', '0.5'],
  '2:4 by squares, tiles of 1': ['--pattern', '2:4', '--score', 'l2', '--tile-rows', '1', '--ignore-rule', 'no-saving'],
  'a budget': ['--target-macs', '0.4'],
  'one ratio, permuted': ['--ratio', '0.5', '--permute'],
};

withFolder((folder) => {
  const { path, megabytes } = writeModel(folder, NETWORK);
  const plan = join(folder, 'plan.json');
  let slow = 0;
  const line = (name, seconds, gigabytes) =>
    console.log(`${name.padEnd(28)}  ${seconds.padStart(7)}  ${gigabytes.padStart(14)}`);
  console.log(`${NETWORK}, ${megabytes.toFixed(1)} MB`);
  line('plan', 'seconds', 'peak memory');
  for (const [name, args] of Object.entries({ ...TASKS, 'checking a plan': ['--check', plan] })) {
    const output = args.includes('--check') ? [] : ['-o', plan];
    const { seconds, gigabytes } = measure(program, [path, ...args, ...output]);
    if (seconds > LIMIT.seconds || gigabytes > LIMIT.gigabytes) slow++;
    line(name, seconds.toFixed(2), `${gigabytes.toFixed(2)} GB`);
  }
  line('limit', LIMIT.seconds.toFixed(2), `${LIMIT.gigabytes.toFixed(2)} GB`);
  console.log(slow === 0 ? 'all within the limit' : `${slow} beyond the limit`);
  process.exitCode = slow === 0 ? 0 : 1;
});
