import { baseline, core, profile } from './board-files.mjs';
import { manifest } from './manifest.mjs';
import { onnx } from './onnx.mjs';
import { plan } from './plan.mjs';
import { npy, npz, safetensors } from './tensors.mjs';
import { tuningDatabase, tuningLines } from './tuning.mjs';

/**
 * A kind of file the project reads.
 *
 * @typedef {object} Format
 * @property {(folder?: string) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>} seeds
 *   good files, to be damaged; those of a folder, too, where the format has such
 * @property {(bytes: Uint8Array, dice: import('../mutate/dice.mjs').Dice, other: Uint8Array) => Uint8Array} mutate
 * @property {(folder: string) => (bytes: Uint8Array) => void | Promise<void>} prepare
 *   returns what reads a file; it throws what the user would be told. `folder` is empty and its own.
 */

/** Every kind of file, by the name `--format` takes. @type {Readonly<Record<string, Format>>} */
export const FORMATS = {
  ...{ onnx, manifest, npy, npz, safetensors },
  ...{ plan, core, profile, baseline },
  ...{ 'tuning-lines': tuningLines, 'tuning-database': tuningDatabase },
};
