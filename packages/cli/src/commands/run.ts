import { text, UsageError, whole, withScratch } from '@ait-rvv/command';
import { DEVICE_OPTIONS, timeoutOf } from '../device-options.js';
import type { Argument } from '@ait-rvv/remote';
import type { Command } from '../context.js';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { programOf, readManifest } from '../program-folder.js';
import { makeInputs, readInputs, tensorsFile } from '../tensors.js';
import { openDevice, runOnDevice } from '../wire.js';

export const run: Command = {
  name: 'run',
  positional: '<dir>',
  summary: 'run a compiled program once',
  example: 'ait-rvv run out --input x.npz --output y.npz',
  options: {
    ...DEVICE_OPTIONS,
    input: { type: 'string', describe: 'inputs by tensor name, .npz' },
    output: { type: 'string', alias: 'o', describe: 'where to write the outputs, .npz' },
    fill: { type: 'string', default: 'random', choices: ['random', 'ones'], describe: 'inputs when none are given' },
    seed: { type: 'string', default: '0', describe: 'of the random fill' },
    threads: { type: 'string', describe: 'threads of the inference (default: as compiled)' },
  },
  async run(values, context) {
    const folder = String(values['dir']);
    const manifest = readManifest(folder);
    const program = programOf(folder, manifest);
    const input = text(values, 'input');
    const output = text(values, 'output');
    if (output?.endsWith('.npz') === false) throw new UsageError('--output takes a .npz file');
    const seed = whole(values, 'seed', 0, 2 ** 31 - 1) ?? 0;
    const fill = text(values, 'fill') === 'ones' ? 'ones' : 'random';
    const threads = whole(values, 'threads', 1, 1024) ?? manifest.threads;
    const tensors = input === undefined ? makeInputs(manifest.inputs, fill, seed) : readInputs(input, manifest.inputs);
    const executor = await openDevice(text(values, 'device') ?? 'qemu', values, context);
    try {
      await withScratch(async (scratch) => {
        const file = join(scratch, 'input.npz');
        writeFileSync(file, tensorsFile(tensors));
        const args: Argument[] = ['--input', { input: file }, '--threads', String(threads)];
        if (output !== undefined) args.push('--output', { output });
        const timeoutMs = timeoutOf(values);
        const result = await runOnDevice(executor, { folder, manifest, program, args }, context, { timeoutMs });
        context.print(result.stdout.trimEnd());
      });
    } finally {
      await executor.close();
    }
    return 0;
  },
};
