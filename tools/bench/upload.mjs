import { defaultCacheDir, parseAddress, requireToolchain, SshExecutor } from '@ait-rvv/remote';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
  copyFileSync,
  chmodSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBoard } from '../board/board.mjs';

/**
 * How fast weights reach a board, beside scp in the same run, both from this machine to an emulated board on loopback:
 * what is compared is the software. The first upload of 1 GB of random bytes each time, best of several. They take
 * turns at being first, and neither finds the disk busy with what the other has written.
 */
const BYTES = Number(process.env.AIT_RVV_BENCH_BYTES ?? 1e9);
const ROUNDS = 4;
const LEAST = 0.6;

const folder = mkdtempSync(join(tmpdir(), 'ait-bench-'));
const board = await startBoard({ log: console.error });
try {
  const home = join(folder, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  writeFileSync(join(home, '.ssh/known_hosts'), board.knownHost);
  copyFileSync(board.key, join(home, '.ssh/id_ed25519'));
  chmodSync(join(home, '.ssh/id_ed25519'), 0o600);
  const rows = [];
  for (let round = 1; round <= ROUNDS; round++) {
    writeWeights(join(folder, 'weights.bin'));
    const times = {};
    for (const way of round % 2 === 1 ? ['scp', 'ours'] : ['ours', 'scp']) {
      quietDisk();
      times[way] = way === 'scp' ? timeScp() : await timeOurs(home);
    }
    rows.push(times);
    const { scp, ours } = times;
    console.log(`round ${round}: scp ${rate(scp)} MB/s, ait-rvv ${rate(ours)} MB/s, hashing included`);
  }
  const best = (key) => Math.min(...rows.map((row) => row[key]));
  const share = best('scp') / best('ours');
  console.log(
    `best: scp ${rate(best('scp'))} MB/s, ait-rvv ${rate(best('ours'))} MB/s: ${(100 * share).toFixed(0)} % (at least ${100 * LEAST} % wanted)`,
  );
  process.exitCode = share >= LEAST ? 0 : 1;
} finally {
  await board.stop();
  rmSync(folder, { recursive: true, force: true });
}

function writeWeights(path) {
  const file = openSync(path, 'w');
  for (let left = BYTES; left > 0; left -= 1e7) writeSync(file, randomBytes(Math.min(left, 1e7)));
  closeSync(file);
}

/** Removes what was uploaded before, and waits until the disk has nothing left to write. */
function quietDisk() {
  for (const name of ['scp.bin', '.cache']) rmSync(join(board.home, name), { recursive: true, force: true });
  spawnSync('sync');
}

function timeScp() {
  const options = [
    '-q',
    '-F',
    'none',
    '-i',
    board.key,
    '-P',
    String(board.port),
    '-o',
    `UserKnownHostsFile=${join(folder, 'home/.ssh/known_hosts')}`,
  ];
  const start = performance.now();
  board.run('scp', [...options, join(folder, 'weights.bin'), `${board.user}@${board.host}:scp.bin`]);
  return performance.now() - start;
}

async function timeOurs(home) {
  const cacheDir = defaultCacheDir(process.env);
  const executor = new SshExecutor(
    { kind: 'ssh', address: parseAddress(board.address), ...(board.plain ? { runner: board.runner } : {}) },
    {
      env: { PATH: process.env.PATH, HOME: home },
      cacheDir,
      toolchain: () => requireToolchain(process.env, cacheDir),
      ssh: { hostKeys: 'strict', log: console.error },
    },
  );
  try {
    const start = performance.now();
    const workspace = await executor.open(folder, { files: ['weights.bin'] });
    const time = performance.now() - start;
    await workspace.close();
    return time;
  } finally {
    await executor.close();
  }
}

function rate(milliseconds) {
  return (BYTES / 1e3 / milliseconds).toFixed(0);
}
