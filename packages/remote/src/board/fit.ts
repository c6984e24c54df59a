import { RemoteError } from '../errors.js';
import { isaExtensions, type Fingerprint } from './fingerprint.js';

/** Extensions that a C compiler's -march names, and what has to be there for them. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  zfh: ['zfh'],
  zvfh: ['zvfh'],
  zvfhmin: ['zvfhmin'],
  zba: ['zba'],
  zbb: ['zbb'],
  zbs: ['zbs'],
};

/**
 * Refuses a machine that cannot run what was compiled for `march`, with all that it lacks in one line. Vector length:
 * `v` needs 128 bits, `zvl256b` what it says.
 */
export function requireFit(name: string, fingerprint: Fingerprint, march: string): void {
  const wanted = isaExtensions(march);
  const lacks = [...missingVector(fingerprint, wanted), ...missingExtensions(fingerprint, wanted)];
  if (lacks.length === 0) return;
  throw new RemoteError('device-failed', `${name} cannot run what was compiled for ${march}: ${lacks.join(', ')}`, [
    fingerprint.machine.startsWith('riscv') || fingerprint.vlen > 0
      ? 'compile with a --march that the board has'
      : `the board is a ${fingerprint.machine} machine`,
  ]);
}

function missingVector({ vlen }: Fingerprint, wanted: readonly string[]): readonly string[] {
  const lengths = wanted.map((name) => Number(/^zvl([0-9]+)b$/.exec(name)?.[1] ?? 0));
  const needed = Math.max(wanted.includes('v') ? 128 : 0, ...lengths);
  if (vlen >= needed) return [];
  return [vlen === 0 ? 'it has no vector unit' : `its vectors have ${vlen} bits, ${needed} are needed`];
}

function missingExtensions({ extensions }: Fingerprint, wanted: readonly string[]): readonly string[] {
  const has = new Set(extensions);
  return wanted
    .filter((name) => IMPLIED[name]?.some((one) => !has.has(one)) === true)
    .map((name) => `it has no ${name}`);
}
