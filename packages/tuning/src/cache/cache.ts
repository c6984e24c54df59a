import type { Measurement } from './measurement.js';

/** A file of measurements. Several processes may hold it open and append; nothing is ever changed or removed. */
export interface MeasurementCache {
  readonly path: string;
  /** Everything in the file by now, in the order it was written. Throws CacheError. */
  all(): readonly Measurement[];
  /** Writes all of the list or none; what is there under the same key stays. Throws CacheError. */
  append(list: readonly Measurement[]): void;
  close(): void;
}

/** What is wrong with a file of measurements. */
export class CacheError extends Error {
  override readonly name = 'CacheError';
  /** What to do about it, a line each. */
  readonly hints: readonly string[];

  constructor(message: string, hints: readonly string[] = []) {
    super(message);
    this.hints = hints;
  }
}

export function shown(path: string): string {
  return JSON.stringify(path);
}

/** The file is no tuning file, or no longer one. */
export function damaged(path: string, problem: string): CacheError {
  return new CacheError(`${shown(path)} is no tuning file: ${problem}`, [
    'remove it and tune again, or name another file',
  ]);
}

/** The file was written by a later release. */
export function tooNew(path: string, version: number, known: number): CacheError {
  return new CacheError(`${shown(path)} has format ${version}, this release reads formats up to ${known}`, [
    'use the release of ait-rvv that wrote it, or tune into another file',
  ]);
}

export function unwritable(path: string, why: string): CacheError {
  return new CacheError(`cannot write ${shown(path)}: ${why}`, [
    'what is in it is kept; make room or name another file with -o, and tune again: it goes on where it stopped',
  ]);
}
