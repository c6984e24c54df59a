import { optimize } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { parsePlan, planPruning, planText, pruneGraph } from '@ait-rvv/pruning';
import { onnxModels } from '../seeds/onnx-models.mjs';
import { jsonFormat } from './json.mjs';

const MODELS = [0, 2, 3];

/** A pruning plan, read and followed on the network it was made for. */
export const plan = jsonFormat({
  values: () => graphs().map((graph) => JSON.parse(planText(planOf(graph)))),
  prepare() {
    const [graph] = graphs();
    return (bytes) => void pruneGraph(graph, parsePlan(new TextDecoder().decode(bytes), 'plan.json'));
  },
});

function graphs() {
  const files = onnxModels();
  return MODELS.map((index) => optimize(importOnnx(files[index])));
}

function planOf(graph) {
  const model = { name: 'net', sha256: 'a'.repeat(64) };
  return planPruning(graph, { drop: { ratio: 0.5 }, permute: true, minColumns: 1, model });
}
