import { readNpz } from '@ait-rvv/ir/weights';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { aitRvv, root } from '../../start/ait-rvv.mjs';
import { convolutionNames, cyclesOf } from './convolutions.mjs';
import { tune } from './tune.mjs';

/** As a part of the output's largest magnitude. */
const TOLERANCE = 1e-4;

/**
 * Compiles, runs and measures every variant of one network; everything is quiet but the command lines. With `tuning`,
 * which limits how long is tuned, what can be tuned is measured with kernels chosen by the estimate and by measurements.
 */
export function measureNetwork(network, variants, { device, threads, size, tuning }) {
  mkdirSync(join(root, 'out/bench'), { recursive: true });
  const model = `zoo:${network}@${size}`;
  const place = { model, device, threads, convolutions: convolutionNames(model) };
  // First, since it takes longest: when it is ended, what it has found is kept, and nothing else is lost.
  const file = tuning === undefined ? undefined : tune(network, model, variants, { device, threads, ...tuning });
  const runs = variants.map((variant) => measureProgram(variant, `out/bench/${network}-${variant.id}`, place));
  const tuned = variants
    .filter(({ tunable }) => file !== undefined && tunable === true)
    .map(({ compile, ...variant }) => {
      // Measurements choose the height of mask tiles, too: what is pruned then keeps other columns.
      const same = compile.includes('--prune') ? {} : { reference: variant.id };
      const own = { ...variant, ...same, title: `${variant.title}, tuned`, compile: [...compile, '--tuning', file] };
      return measureProgram(own, `out/bench/${network}-${variant.id}-tuned`, place);
    });
  return {
    network,
    variants: runs.map((run) => {
      const { id, title } = run.variant;
      const byMeasurements = tuned.find(({ variant }) => variant.id === id);
      return {
        ...{ id, title, ...run.figures },
        ...difference(run, runs),
        ...(run.layers === undefined ? {} : { layers: run.layers }),
        ...(byMeasurements === undefined
          ? {}
          : { tuned: { ...byMeasurements.figures, ...difference(byMeasurements, runs) } }),
      };
    }),
  };
}

function measureProgram(variant, folder, { model, device, threads, convolutions }) {
  aitRvv(['compile', model, '-o', folder, '--threads', String(threads), ...variant.compile]);
  const report = bench(folder, device, threads);
  const layers = layerFigures(measureApart(variant, model, folder, { device, threads, report }));
  const found = { ...figures(report), convolutionCycles: cyclesOf(convolutions, layers) };
  return { variant, figures: found, layers, outputs: outputsOf(folder, device) };
}

/** The first inference sets things up that later ones find: it is not counted, for anyone. */
function bench(folder, device, threads) {
  const argv = ['bench', folder, '--device', device, '--threads', String(threads)];
  return JSON.parse(aitRvv([...argv, '--warmup', '1', '--iterations', '1', '--json']));
}

function figures({ total }) {
  const { multiplyAdds, instructions, vectorMultiplyAdds, classes = {}, cycles } = total;
  const scalar = Object.entries(classes)
    .filter(([name]) => !name.startsWith('vector'))
    .reduce((sum, [, count]) => sum + count, 0);
  const scalarMultiplyAdds = classes.scalarMultiplyAdd;
  const found = { multiplyAdds, cycles, instructions, scalar, vectorMultiplyAdds, scalarMultiplyAdds };
  return Object.fromEntries(Object.entries(found).filter(([, count]) => count !== undefined));
}

/** Cycles by layer of the model, when the device reports them. What was split off a layer counts for it. */
function layerFigures({ layers }) {
  if (!layers.some(({ cycles }) => cycles !== undefined)) return undefined;
  const sums = {};
  for (const { name, cycles = 0 } of layers) {
    const layer = name.replace(/\.epilogue$/, '');
    sums[layer] = Math.round((sums[layer] ?? 0) + cycles);
  }
  return sums;
}

/** A program that runs its layers as one is measured once more with its layers apart, if the device tells them apart. */
function measureApart(variant, model, folder, { device, threads, report }) {
  if (report.total.cycles === undefined || variant.perLayer === undefined) return report;
  const apart = `${folder}-layers`;
  const argv = ['compile', model, '-o', apart, '--threads', String(threads)];
  aitRvv([...argv, ...variant.compile, ...variant.perLayer]);
  return bench(apart, device, threads);
}

/** What the program answers to the same seeded input. */
function outputsOf(folder, device) {
  const file = `${folder}/bench-output.npz`;
  aitRvv(['run', folder, '--device', device, '--seed', '0', '--output', file], { quiet: true });
  return readNpz(readFileSync(join(root, file)), (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size }));
}

/** Largest difference from the variant's reference, as a part of the largest output. */
function difference({ variant, outputs }, runs) {
  if (variant.reference === undefined) return {};
  const reference = runs.find((run) => run.variant.id === variant.reference)?.outputs;
  let error = 0;
  let largest = 0;
  for (const [name, { data }] of reference ?? []) {
    data.forEach((want, i) => {
      error = Math.max(error, Math.abs(want - outputs.get(name).data[i]));
      largest = Math.max(largest, Math.abs(want));
    });
  }
  // Written so that a NaN fails too.
  if (!(error <= TOLERANCE * largest))
    throw new Error(`${variant.title} computes something else: ${error} of ${largest}`);
  return { difference: error / largest };
}

/** The release of the library that ran, as its file name says. */
export function libraryRelease(network) {
  const folder = join(root, `out/bench/${network}-xnnpack/build/sysroot/lib`);
  const file = readdirSync(folder).find((name) => name.startsWith('libXNNPACK.so'));
  return /([0-9]{8})$/.exec(file ?? '')?.[1] ?? null;
}
