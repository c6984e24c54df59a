import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Numbers of all processes. */
export function allProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

/** The children of a process; none when it is gone. */
export function childrenOf(pid) {
  return reading(
    () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    [],
  );
}

/** The command line of a process, empty when it is gone. */
export function commandOf(pid) {
  return reading(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(), '');
}

/** The processes of the process namespace that `pid` is in. */
export function namespaceOf(pid) {
  const space = (one) => reading(() => readlinkSync(`/proc/${one}/ns/pid`), '');
  const own = space(pid);
  return own === '' ? [] : allProcesses().filter((one) => space(one) === own);
}

/** The processes whose environment has a variable with this value. */
export function withVariable(name, value) {
  return allProcesses().filter((pid) =>
    reading(() => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${name}=${value}`), false),
  );
}

export function kill(pid) {
  send(pid, 'SIGKILL');
}

/** Sends a signal to a process, if it is still there. */
export function send(pid, signal) {
  reading(() => process.kill(pid, signal), undefined);
}

/** Processes come and go while one looks. */
function reading(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
