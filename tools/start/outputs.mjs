import { StepFailed } from './ait-rvv.mjs';
import { printTable } from './table.mjs';

/** As a part of the output's largest magnitude. */
const TOLERANCE = 1e-4;

/** The five classes with the largest scores, best first. */
export function bestClasses({ data }) {
  return [...data.keys()].sort((a, b) => data[b] - data[a]).slice(0, 5);
}

/** Shows how far the board's output is from that of ONNX Runtime; too far ends the demonstration. */
export function compareOutputs(actual, expected) {
  let error = 0;
  let largest = 0;
  expected.data.forEach((want, i) => {
    error = Math.max(error, Math.abs(want - actual.data[i]));
    largest = Math.max(largest, Math.abs(want));
  });
  console.log();
  printTable(
    ['compared with ONNX Runtime', 'value'],
    [
      ['largest difference', error.toExponential(2)],
      ['largest output', largest.toFixed(3)],
      ['difference / largest output', (error / largest).toExponential(2)],
      ['allowed', TOLERANCE.toExponential(0)],
      ['five best classes, board', bestClasses(actual).join(' ')],
      ['five best classes, ONNX Runtime', bestClasses(expected).join(' ')],
    ],
  );
  // Written so that a NaN fails too.
  if (!(error <= TOLERANCE * largest)) throw new StepFailed('the output differs from that of ONNX Runtime', 1);
}
