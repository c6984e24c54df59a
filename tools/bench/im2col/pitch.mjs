import { exportOnnx } from '@ait-rvv/ir/onnx';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aitRvv, root } from '../../start/ait-rvv.mjs';
import { benchProgram } from '../programs.mjs';
import { narrowGraph } from './graphs.mjs';

/** Networks of a few channels: 5 layers each. */
export const NARROW_NETWORKS = [
  { channels: 16, size: 32 },
  { channels: 32, size: 28 },
  { channels: 64, size: 28 },
].flatMap((one) => [null, '0.5'].map((ratio) => ({ ...one, layers: 5, ratio })));

/** Choices of each layer that are measured. */
const BUDGET = '8';

/**
 * A network tuned with its pictures in blocks only, and on a zero-padded pitch as well: cycles of both programs, and how many
 * layers of the second one look their taps up in the picture, none where the tuner leaves it in blocks.
 */
export function measurePitch({ channels, size, layers, ratio }, device) {
  const name = `narrow-${channels}-${size}`;
  const folder = 'out/bench';
  mkdirSync(join(root, folder), { recursive: true });
  const model = `${folder}/${name}.onnx`;
  writeFileSync(join(root, model), exportOnnx(narrowGraph({ channels, size, layers })));
  const [blocks, pitch] = [[], ['--pitch']].map((more) => {
    const file = `${folder}/${name}${more.join('')}.db`;
    rmSync(join(root, file), { force: true });
    const pruned = ratio === null ? [] : ['--prune', ratio];
    const tuned = ratio === null ? [] : [...pruned, '--tile-rows', '8'];
    aitRvv(['tune', model, '--device', device, '--budget', BUDGET, ...tuned, ...more, '-o', file]);
    const program = `${folder}/${name}${more.join('')}`;
    aitRvv(['compile', model, ...pruned, '--tuning', file, '-o', program]);
    return benchProgram(program, device);
  });
  const inPicture = pitch.layers.filter(({ kernel }) => kernel.startsWith('conv_direct')).length;
  return { channels, size, layers, ratio, device, blocks: blocks.total.cycles, pitch: pitch.total.cycles, inPicture };
}
