import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aitRvv, root } from '../start/ait-rvv.mjs';
import { VARIANTS } from './xnnpack/variants.mjs';

/** `network` of the zoo as a reference of the command line. */
export function zooReference(network, size, batch = 1) {
  return `zoo:${network}@${size}${batch === 1 ? '' : `?batch=${batch}`}`;
}

export function variantOf(id) {
  const variant = VARIANTS.find((one) => one.id === id);
  if (variant === undefined) throw new Error(`variants are ${VARIANTS.map((one) => one.id).join(', ')}`);
  return variant;
}

/** Folders that this process has compiled into. */
const compiled = new Set();

/** Compiles a model into a folder of that name, once; returns the folder. */
export function compileOnce(model, name, args) {
  const folder = `out/bench/${name}`;
  if (compiled.has(folder)) return folder;
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  aitRvv(['compile', model, '-o', folder, ...args]);
  compiled.add(folder);
  return folder;
}

export function manifestOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'manifest.json'), 'utf8'));
}

/**
 * One inference as a report. XNNPACK sets things up in a first one that later ones find, and threads start: then there
 * is one before, which is not counted. Alone, a program of ours executes the same in every inference.
 */
export function benchProgram(folder, device, threads = 1) {
  const warmup = threads > 1 || manifestOf(folder).target === 'xnnpack' ? 1 : 0;
  const numbers = { threads, warmup, iterations: 1 };
  const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return JSON.parse(aitRvv(['bench', folder, '--device', device, ...options, '--json']));
}
