import { exportOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const meter = fileURLToPath(new URL('meter.mjs', import.meta.url));

/** Rounds of a measurement: the best time and the worst memory count. */
const ROUNDS = 3;

/** Runs `work` with a folder of its own, which is removed afterwards. */
export function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'ait-bench-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a network of the zoo as an ONNX file. */
export function writeModel(folder, name) {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, exportOnnx(buildZooModel(parseZooReference(`zoo:${name}`))));
  return { path, megabytes: statSync(path).size / 1e6 };
}

/** Time and peak memory of a Node.js program, each round in a process of its own. */
export function measure(program, args) {
  const rounds = Array.from({ length: ROUNDS }, () => once(program, args));
  return {
    seconds: Math.min(...rounds.map((round) => round.seconds)),
    gigabytes: Math.max(...rounds.map((round) => round.kilobytes)) / 1e6,
  };
}

function once(program, args) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [meter, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, kilobytes: Number(stdout.trim().split('\n').at(-1)) };
}
