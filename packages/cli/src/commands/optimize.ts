import { grouped, loadModel, MODEL_OPTIONS, text, writeOutputFile } from '@ait-rvv/command';
import type { Command } from '../context.js';
import { optimize as optimizeGraph, printGraph } from '@ait-rvv/ir';
import { exportOnnx } from '@ait-rvv/ir/onnx';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const optimize: Command = {
  name: 'optimize',
  positional: '<model>',
  summary: 'write the model as it is after the optimising passes',
  example: 'ait-rvv optimize model.onnx -o optimized.onnx --dump-ir passes',
  options: {
    ...MODEL_OPTIONS,
    output: { type: 'string', alias: 'o', demandOption: true, describe: 'ONNX file to write' },
    'dump-ir': { type: 'string', describe: 'folder for the graph after every pass, as text' },
  },
  run(values, context) {
    const { graph } = loadModel(String(values['model']), values, context.log);
    const folder = text(values, 'dump-ir');
    const dump = (index: number, name: string, shown: typeof graph): void => {
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      writeOutputFile(
        join(folder, `${String(index).padStart(2, '0')}-${name}.air`),
        printGraph(shown, { constants: 'elided' }),
      );
    };
    dump(0, 'import', graph);
    let index = 1;
    const result = optimizeGraph(graph, (pass, after) => dump(index++, pass.name, after));
    writeOutputFile(text(values, 'output') ?? '', exportOnnx(result));
    context.log(`${grouped(graph.nodes.length)} nodes before, ${grouped(result.nodes.length)} after`);
    return Promise.resolve(0);
  },
};
