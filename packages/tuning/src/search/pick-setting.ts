import { CacheError } from '../cache/cache.js';
import type { DeviceFingerprint, Measurement } from '../cache/measurement.js';

/** What a program is compiled for, as far as it says which measurements count. */
export interface Wish {
  /** Of the device, as measurements have it; undefined when any will do that is the only one. */
  readonly device?: string;
  readonly threads: number;
  readonly march: string;
}

/** The measurements of one device with one number of threads and one compiler, and what they are. */
export interface Picked {
  readonly measurements: readonly Measurement[];
  readonly device: DeviceFingerprint;
  /** `sim:SpacemiT X60 (1-85c2…), 1 thread, Debian clang version 19…` */
  readonly text: string;
}

/**
 * Of a file of measurements those that suit a program best: of the device that is wished for, or the only one there is;
 * made for its architecture; with as many threads, and otherwise with the nearest number below; of several versions of
 * device and compiler the last one measured. Throws CacheError when there are none, or several devices to choose from.
 */
export function pickSetting(all: readonly Measurement[], { device, threads, march }: Wish): Picked {
  const names = [...new Set(all.map((one) => one.device.name))].sort();
  if (device !== undefined && !names.includes(device)) {
    throw new CacheError(`the tuning file holds no measurements of ${JSON.stringify(device)}`, [
      names.length === 0 ? 'it is empty; tune first' : `it holds those of ${names.join(', ')}`,
    ]);
  }
  if (device === undefined && names.length > 1) {
    throw new CacheError(`the tuning file holds measurements of ${names.join(', ')}`, ['say which with --tuned-on']);
  }
  const suiting = all.filter(
    (one) =>
      (device === undefined || one.device.name === device) && one.compiler.split(' ').includes(`-march=${march}`),
  );
  if (suiting.length === 0) {
    throw new CacheError(`the tuning file holds no measurements for -march=${march}`, ['tune with --march first']);
  }
  const counts = suiting.map((one) => one.device.threads);
  const best = nearestBelow(counts, threads);
  const last = suiting.filter((one) => one.device.threads === best).at(-1) ?? suiting[0];
  if (last === undefined) throw new Error('there is a last one');
  const isSame = (one: Measurement): boolean =>
    one.compiler === last.compiler && JSON.stringify(one.device) === JSON.stringify(last.device);
  const { name, version } = last.device;
  return {
    measurements: suiting.filter(isSame),
    device: last.device,
    text: `${name} (${version}), ${best} thread${best === 1 ? '' : 's'}, ${last.compiler}`,
  };
}

/** The greatest that is not above `most`, or the least of all. */
function nearestBelow(counts: readonly number[], most: number): number {
  const fitting = counts.filter((count) => count <= most);
  // One by one: there may be more of them than a call takes arguments.
  if (fitting.length > 0) return fitting.reduce((a, b) => Math.max(a, b));
  return counts.reduce((a, b) => Math.min(a, b), Infinity);
}
