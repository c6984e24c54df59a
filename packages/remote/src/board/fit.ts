import { RemoteError } from '../errors.js';
import { isaExtensions, type Fingerprint } from './fingerprint.js';

/** Parts of rv64gc, which every board has and not every kernel lists. */
const BASE = new Set(['zicsr', 'zifencei', 'zicntr', 'zihpm', 'zmmul', 'zaamo', 'zalrsc', 'zca', 'zcd']);

/** Letters that stand for several extensions; kernels list these. */
const PARTS: Readonly<Record<string, readonly string[]>> = { b: ['zba', 'zbb', 'zbs'] };

/**
 * Refuses a machine that cannot run what was compiled for `march`, with all that it lacks in one line. Vector length:
 * `v` needs 128 bits, `zvl256b` and `zve64d` what they say.
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

const VECTOR_LENGTH = /^zv[el]([0-9]+)[bxfd]$/;

function missingVector({ vlen }: Fingerprint, wanted: readonly string[]): readonly string[] {
  const lengths = wanted.map((name) => Number(VECTOR_LENGTH.exec(name)?.[1] ?? 0));
  const needed = Math.max(wanted.includes('v') ? 128 : 0, ...lengths);
  if (vlen >= needed) return [];
  return [vlen === 0 ? 'it has no vector unit' : `its vectors have ${vlen} bits, ${needed} are needed`];
}

function missingExtensions({ extensions }: Fingerprint, wanted: readonly string[]): readonly string[] {
  const has = new Set(extensions);
  return wanted
    .flatMap((name) => PARTS[name] ?? [name])
    .filter((name) => name.length > 1 && !BASE.has(name) && !VECTOR_LENGTH.test(name) && !has.has(name))
    .map((name) => `it has no ${name}`);
}
