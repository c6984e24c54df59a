import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { aitRvv, root } from '../../start/ait-rvv.mjs';

/**
 * Measures a network's kernels, dense and as every tunable variant prunes it, and returns the file of measurements. What
 * the file has already is not measured again: a run that was ended goes on where it was.
 */
export function tune(network, model, variants, { device, threads, budget, tileRows }) {
  const file = `out/bench/${network}.db`;
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const forms = variants.filter(({ tunable }) => tunable === true).flatMap(({ compile }) => compile);
  const limits = [
    ...(budget === undefined ? [] : ['--budget', budget]),
    ...(tileRows === undefined ? [] : ['--tile-rows', tileRows]),
  ];
  aitRvv(['tune', model, '--device', device, '--threads', String(threads), ...forms, ...limits, '-o', file]);
  return file;
}
