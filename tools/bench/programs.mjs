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

/** One inference after a first one that is not counted, as a report. */
export function benchProgram(folder, device, threads = 1) {
  const argv = ['bench', folder, '--device', device, '--threads', String(threads)];
  return JSON.parse(aitRvv([...argv, '--warmup', '1', '--iterations', '1', '--json']));
}
