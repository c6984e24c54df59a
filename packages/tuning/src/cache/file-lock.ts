import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';

const WAIT_MS = 60_000;
const PAUSE_MS = 20;
/** A lock without a living owner is broken; one that says no owner, when it is as old as this. */
const STALE_MS = 10_000;

/** Runs `work` while `path` belongs to this process alone; other processes of this machine wait. */
export function withFileLock<T>(path: string, work: () => T): T {
  const end = Date.now() + WAIT_MS;
  while (!take(path)) {
    if (isStale(path)) rmSync(path, { force: true });
    else if (Date.now() > end) throw new Error(`${path} is held by another process`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    if (owner > 0) return !isAlive(owner);
    return Date.now() - statSync(path).mtimeMs > STALE_MS;
  } catch {
    // It is gone by now.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
