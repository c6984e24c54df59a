import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { expect, test } from 'vitest';
import { compileCase } from '../../../tools/testing/conformance/compile-case.js';
import { nodeCases } from '../../../tools/testing/conformance/node-cases.js';
import { buildCases, runCases } from '../../../tools/testing/conformance/run-cases.js';

/** Cases in one program. */
const TOGETHER = 100;

test("ONNX's single-node tests agree on this machine's XNNPACK and the portable kernels", async () => {
  const backend = xnnpackBackend();
  const supported = (await nodeCases())
    .map((one) => compileCase(one, backend))
    .filter((one) => typeof one !== 'string');
  expect(supported.length).toBeGreaterThanOrEqual(690);
  for (let first = 0; first < supported.length; first += TOGETHER) {
    const cases = supported.slice(first, first + TOGETHER);
    const folder = await buildCases(cases, { backend, scalar: true });
    expect([...(await runCases(folder, 'local', cases))]).toEqual([]);
  }
});
