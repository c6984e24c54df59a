import type { Fingerprint } from '@ait-rvv/remote';

/** A board that has everything, changed as the test wants it. */
export function fingerprint(more: Partial<Fingerprint> = {}): Fingerprint {
  return {
    schemaVersion: 1,
    identity: 'SHA256:x',
    machine: 'riscv64',
    system: 'Linux',
    kernel: '6.6.63',
    boot: 'b',
    model: 'Banana Pi BPI-F3',
    cores: 8,
    memoryKilobytes: 4_000_000,
    kilohertz: [1_600_000, 1_600_000],
    distribution: 'debian',
    like: '',
    release: 'Debian 13',
    user: 'bianbu',
    clockAhead: 1,
    tools: ['make', 'flock', 'setsid', 'timeout', 'sha256sum', 'dd', 'stat'],
    compilers: [{ name: 'clang', version: 'Debian clang version 19.1.7 (3)' }],
    vlen: 256,
    extensions: ['i', 'm', 'a', 'f', 'd', 'c', 'v', 'zba', 'zbb', 'zvfh'],
    cycles: 'perf_event',
    timerNanoseconds: 41,
    ...more,
  };
}
