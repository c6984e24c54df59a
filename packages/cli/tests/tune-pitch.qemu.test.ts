import { conv2d, GraphBuilder, tensorType, type EpilogueStep } from '@ait-rvv/ir';
import { exportOnnx } from '@ait-rvv/ir/onnx';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { randomTensor } from '../../../tools/testing/tensors.js';
import { commandLine } from './command-line.js';

const scratch = scratchFolder();
const model = join(scratch, 'narrow.onnx');

/** Few channels, which leave little to share the packing of windows: where offsets into rows on a pitch pay most. */
function narrowNetwork(): Uint8Array {
  const builder = new GraphBuilder('narrow');
  let value = builder.input('image', tensorType('f32', [1, 3, 28, 28]));
  const epilogue: readonly EpilogueStep[] = [{ kind: 'relu' }];
  const around = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, epilogue } as const;
  for (let index = 0; index < 5; index++) {
    const weight = builder.constant(`w${index}`, randomTensor([32, index === 0 ? 3 : 32, 3, 3], index));
    value = builder.apply(conv2d, [value, weight], around, { name: `conv${index}` });
  }
  builder.output('y', value);
  return exportOnnx(builder.build());
}

beforeAll(() => writeFileSync(model, narrowNetwork()));

async function tuned(name: string, ...more: readonly string[]): Promise<{ layers: string; kernels: string[] }> {
  const [file, folder] = [join(scratch, `${name}.db`), join(scratch, name)];
  const tune = await commandLine(['tune', model, '--budget', '2', '--json', '-o', file, ...more]);
  expect(tune.exitCode).toBe(0);
  expect((await commandLine(['compile', model, '--tuning', file, '-o', folder])).exitCode).toBe(0);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    readonly layers: readonly { readonly kernel: string }[];
  };
  return { layers: tune.stdout, kernels: manifest.layers.map(({ kernel }) => kernel) };
}

test('without --pitch no layer is measured so, and none is compiled so', async () => {
  const { layers, kernels } = await tuned('plain');
  expect(layers).not.toContain('cnhw+1');
  expect(kernels).not.toContain('conv_direct');
});

test('with it both are measured, and the program has what costs less; every layer is right', async () => {
  const { layers, kernels } = await tuned('pitched', '--pitch');
  expect(layers).toContain('cnhw+1');
  expect(layers).toContain('conv_mec');
  expect(kernels.filter((kernel) => kernel === 'conv_direct')).toHaveLength(4);
  const verified = await commandLine(['verify', join(scratch, 'pitched'), '--layers']);
  expect(verified.stdout).toMatch(/^layer +conv3 .* ok$/m);
  expect(verified.exitCode).toBe(0);
});
