import { readNpz, writeNpz } from '@ait-rvv/ir/weights';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { runOnnxRuntime } from '../testing/onnx-runtime.mjs';
import { aitRvv, root, StepFailed } from './ait-rvv.mjs';
import { printTable } from './table.mjs';

const BATCH = 50;
const CLASSES = 10;
const MODEL = 'examples/digits/digits.onnx';

/** Classifies the 200 test pictures of the digits example on the emulated board, in batches. */
export async function classifyDigits(device) {
  console.log(`\nDigits: a trained CNN from ${MODEL}, 200 pictures in batches of ${BATCH}\n`);
  const folder = 'out/digits';
  aitRvv(['compile', MODEL, '--shape', `image:${BATCH},1,32,32`, '-o', folder]);
  const pictures = tensors('examples/digits/digits-test.npz').get('image');
  const labels = Array.from(tensors('examples/digits/digits-labels.npz').get('labels').data, Number);
  const board = [];
  const oracle = [];
  for (let first = 0; first < labels.length; first += BATCH) {
    const batch = slice(pictures, first);
    board.push(...answers(onBoard(folder, batch, device, first > 0)));
    oracle.push(...answers((await runOnnxRuntime(join(root, MODEL), new Map([['image', batch]]))).get('logits')));
  }
  report(labels, board, oracle);
}

function tensors(file) {
  return readNpz(readFileSync(join(root, file)), (bytes, size) => inflateRawSync(bytes, { maxOutputLength: size }));
}

function slice(pictures, first) {
  const size = pictures.data.length / pictures.shape[0];
  const data = pictures.data.slice(first * size, (first + BATCH) * size);
  return { dtype: pictures.dtype, shape: [BATCH, ...pictures.shape.slice(1)], data };
}

function onBoard(folder, batch, device, quiet) {
  mkdirSync(join(root, folder), { recursive: true });
  const [input, output] = ['batch.npz', 'answers.npz'].map((name) => join(folder, name));
  writeFileSync(join(root, input), writeNpz(new Map([['image', batch]])));
  aitRvv(['run', folder, '--device', device, '--input', input, '--output', output], { quiet });
  return tensors(output).get('logits');
}

/** The class with the largest logit, for every picture. */
function answers(logits) {
  return Array.from({ length: logits.shape[0] }, (_, row) => {
    const scores = logits.data.subarray(row * CLASSES, (row + 1) * CLASSES);
    return scores.indexOf(Math.max(...scores));
  });
}

function report(labels, board, oracle) {
  const right = (given, digit) =>
    given.filter((answer, i) => answer === labels[i] && (digit === undefined || labels[i] === digit)).length;
  const rows = Array.from({ length: CLASSES }, (_, digit) => {
    const count = labels.filter((label) => label === digit).length;
    return [digit, count, right(board, digit), right(oracle, digit)];
  });
  const percent = (given) => `${((100 * right(given)) / labels.length).toFixed(1)} %`;
  rows.push(['accuracy', labels.length, percent(board), percent(oracle)]);
  console.log();
  printTable(['digit', 'pictures', 'right on the board', 'right in ONNX Runtime'], rows);
  const different = board.filter((answer, i) => answer !== oracle[i]).length;
  if (different > 0)
    throw new StepFailed(`${different} of ${labels.length} pictures get another answer than in ONNX Runtime`, 1);
  console.log(`\nAll ${labels.length} answers are those of ONNX Runtime.`);
}
