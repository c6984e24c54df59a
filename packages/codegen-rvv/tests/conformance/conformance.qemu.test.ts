import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { fromNumbers, tensorF32 } from '@ait-rvv/ir';
import { FULL, sample } from '../../../../tools/testing/full.js';
import { compileCase, type CompiledCase } from '../../../../tools/testing/conformance/compile-case.js';
import { nodeCases, type NodeCase } from '../../../../tools/testing/conformance/node-cases.js';
import { buildCases, compareTensors, runCases } from '../../../../tools/testing/conformance/run-cases.js';
import { conformancePage, type CaseResult } from './page.js';

const PAGE = new URL('../../../../docs/reference/onnx-conformance.md', import.meta.url);
const UPDATE = process.env['UPDATE_GOLDENS'] === '1';

/** Cases of the package, and what has to pass at least. */
const CASES = 1288;
const PASSED = 620;

describe("ONNX's single-node tests", () => {
  let cases: readonly NodeCase[];
  let compiled: readonly (CompiledCase | string)[];
  const failed = new Map<string, string>();

  beforeAll(async () => {
    cases = await nodeCases();
    const backend = rvvBackend();
    compiled = cases.map((one) => compileCase(one, backend));
  });

  test('are all there', () => expect(cases.length).toBe(CASES));

  test('agree on the emulator', async () => {
    const supported = compiled.filter((one) => typeof one !== 'string');
    const chosen = UPDATE ? supported : sample(supported, 3);
    expect(chosen.length).toBeGreaterThan(PASSED / 3);
    const folder = await buildCases(chosen);
    for (const vlen of FULL || UPDATE ? [128, 256, 512, 1024] : [256]) {
      const found = await runCases(folder, `qemu:vlen=${vlen},poison=true`, chosen);
      for (const [name, difference] of found) failed.set(name, difference);
    }
    expect([...failed]).toEqual([]);
  });

  test('are what the page says', async () => {
    const results = cases.map((one, index): CaseResult => {
      const outcome = compiled[index] ?? '';
      const { name, operators } = one;
      if (typeof outcome === 'string') return { name, operators, outcome: 'unsupported', reason: outcome, bound: [] };
      const reason = failed.get(name) ?? '';
      return { name, operators, outcome: failed.has(name) ? 'failed' : 'passed', reason, bound: outcome.bound };
    });
    expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThanOrEqual(PASSED);
    const page = await format(conformancePage(results), { parser: 'markdown', printWidth: 120 });
    if (UPDATE) writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});

test('a difference is found', () => {
  const expected = tensorF32([2], [1, NaN]);
  expect(compareTensors(tensorF32([2], [1.0009, NaN]), expected)).toBeUndefined();
  expect(compareTensors(tensorF32([2], [1.0011, NaN]), expected)).toMatch(/^element 0 is 1\.001\d* *, not 1$/);
  expect(compareTensors(tensorF32([2], [1, 0]), expected)).toBe('element 1 is 0, not NaN');
  expect(compareTensors(tensorF32([1, 2], [1, NaN]), expected)).toBe('is f32[1,2], not f32[2]');
  expect(compareTensors(fromNumbers('i64', [1], [2 ** 40]), fromNumbers('i64', [1], [2 ** 40 + 1]))).toBeDefined();
  expect(compareTensors(undefined, expected)).toBe('there is no such result');
});
