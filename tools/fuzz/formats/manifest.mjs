import { compileGraph } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../../packages/cli/dist/program-folder.js';
import { onnxModels } from '../seeds/onnx-models.mjs';
import { jsonFormat } from './json.mjs';

/** `manifest.json` of an output folder. */
export const manifest = jsonFormat({
  values: () =>
    onnxModels()
      .slice(0, 3)
      .map((bytes) => manifestOf(importOnnx(bytes))),
  prepare(folder) {
    const path = join(folder, 'manifest.json');
    return (bytes) => {
      writeFileSync(path, bytes);
      readManifest(folder);
    };
  },
});

function manifestOf(graph) {
  const source = { model: 'net.onnx', sha256: '0'.repeat(64), shapes: { x: [1, 3] }, constants: ['k=k.npy'] };
  const { bundle } = compileGraph(graph, rvvBackend(), { name: 'net', source, embed: false });
  const value = JSON.parse(new TextDecoder().decode(bundle.get('manifest.json')));
  return { ...value, layers: value.layers.slice(0, 3) };
}
