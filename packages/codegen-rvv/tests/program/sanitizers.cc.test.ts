import { RV64GCV, type Backend } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { elementwise, GraphBuilder, optimize, tensorType, type Graph, type Pass } from '@ait-rvv/ir';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { buildZooModel, ZOO, type ZooName } from '@ait-rvv/ir/zoo';
import { IGNORABLE_RULES, planPruning, pruneGraph } from '@ait-rvv/pruning';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeModel, type TestModel } from '../../../ir/tests/onnx-model.js';
import { compileCase, type CompiledCase } from '../../../../tools/testing/conformance/compile-case.js';
import { nodeCases } from '../../../../tools/testing/conformance/node-cases.js';
import { buildCases, runCases } from '../../../../tools/testing/conformance/run-cases.js';
import { pitchedChains } from '../../../../tools/testing/cases/pitched.js';
import { separables } from '../../../../tools/testing/cases/separable.js';
import { OPERATOR_NETWORKS } from '../../../../tools/testing/operator-networks.js';
import { FULL, sample } from '../../../../tools/testing/full.js';
import { buildFolder, emitGraph, execute, type Variant } from '../../../../tools/testing/programs.js';
import { randomInputs } from '../../../../tools/testing/tensors.js';

/** A sanitizer: how the scalar twins are built, and on how many threads they run. */
interface Sanitizer {
  readonly title: string;
  readonly hostFlags: readonly string[];
  readonly threads: number;
  /** C that it has to stop at, by what it then says. */
  readonly faults: Readonly<Record<string, string>>;
}

const SANITIZERS: readonly Sanitizer[] = [
  {
    title: 'AddressSanitizer and UBSan',
    hostFlags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'],
    threads: 1,
    faults: {
      'heap-buffer-overflow': 'sink = malloc(4); memset(sink, 1, 4 + one); free(sink);',
      'detected memory leaks': 'sink = malloc(4); sink = 0;',
      'signed integer overflow': 'volatile int most = 2147483647; most = most + 1;',
    },
  },
  {
    title: 'ThreadSanitizer',
    hostFlags: ['-fsanitize=thread'],
    threads: 4,
    faults: {
      'data race': 'pthread_t other; pthread_create(&other, 0, race, 0); race(0); pthread_join(other, 0);',
    },
  },
];

const ZOO_NAMES = Object.keys(ZOO) as readonly ZooName[];

/** A network to be run, how its weights are encoded, and by which kernels. */
interface Network {
  readonly graph: Graph;
  readonly encode?: Pass;
  readonly backend?: Backend;
}

/** The whole zoo in the full run, with networks of what it does not have; the quickest of each otherwise. */
const NETWORKS: readonly (readonly [string, () => Network])[] = [
  ...(FULL ? ZOO_NAMES : (['squeezenet1_1', 'mobilenet_v2', 'resnet18'] as const)).map(
    (name) => [name, () => ({ graph: zooGraph(name) })] as const,
  ),
  ...(FULL ? (['resnet18', 'resnet50', 'densenet121'] as const) : (['resnet18'] as const)).map(
    (name) => [`${name}, by Winograd's algorithm`, () => byWinograd(name)] as const,
  ),
  ...(FULL ? (['resnet50', 'mobilenet_v2', 'squeezenet1_1'] as const) : (['squeezenet1_1'] as const)).map(
    (name) => [`${name}, half pruned`, () => halfPruned(name)] as const,
  ),
  ['separable convolutions', () => ({ graph: separables.build() })],
  ['convolutions on a pitch', () => ({ graph: pitchedChains.build(), backend: rvvBackend(RV64GCV, { pitch: 0 }) })],
  ...Object.entries<TestModel>(OPERATOR_NETWORKS).map(
    ([name, model]) => [name, () => ({ graph: importOnnx(encodeModel(model)) })] as const,
  ),
];

function zooGraph(name: ZooName): Graph {
  return buildZooModel({ name, size: Math.max(64, ZOO[name].smallest), batch: 1, seed: 0, classes: 1000 });
}

function byWinograd(name: ZooName): Network {
  return { graph: zooGraph(name), backend: rvvBackend(RV64GCV, { winograd: true }) };
}

/** Everything is pruned that can be, so that rules of good sense do not hide a kernel. */
function halfPruned(name: ZooName): Network {
  const graph = zooGraph(name);
  const plan = planPruning(optimize(graph), { drop: { ratio: 0.5 }, minColumns: 0, ignoreRules: IGNORABLE_RULES });
  return { graph, encode: { name: 'prune', run: (optimized) => pruneGraph(optimized, plan) } };
}

/** Node tests in one program. */
const TOGETHER = 100;

/** What is looked for are errors, not speed; instrumented code makes the compiler suspect what is none. */
const variant = ({ hostFlags }: Sanitizer): Variant => ({ scalar: true, hostFlags, cflags: '-O1 -g1 -Wno-error' });

async function supportedCases(): Promise<readonly CompiledCase[]> {
  const backend = rvvBackend();
  return sample(await nodeCases(), 10)
    .map((one) => compileCase(one, backend))
    .filter((one) => typeof one !== 'string');
}

function smallGraph(): Graph {
  const builder = new GraphBuilder('small');
  const x = builder.input('x', tensorType('f32', [4]));
  const [y = -1] = builder.add(elementwise, [x], { epilogue: [{ kind: 'relu' }] });
  builder.output('y', y);
  return builder.build();
}

describe.each(SANITIZERS)('the scalar twins under $title', (sanitizer) => {
  test.each(NETWORKS)('%s', async (_, build) => {
    const { graph, ...options } = build();
    const folder = emitGraph(graph, { ...variant(sanitizer), ...options });
    await buildFolder(folder, variant(sanitizer));
    const { result } = await execute(folder, 'local', randomInputs(graph), sanitizer.threads);
    expect(result.stderr).toBe('');
  });

  test("ONNX's single-node tests", async () => {
    const supported = await supportedCases();
    expect(supported.length).toBeGreaterThanOrEqual(FULL ? 620 : 60);
    for (let first = 0; first < supported.length; first += TOGETHER) {
      const cases = supported.slice(first, first + TOGETHER);
      const folder = await buildCases(cases, variant(sanitizer));
      expect([...(await runCases(folder, 'local', cases, sanitizer.threads))]).toEqual([]);
    }
  });

  test.each(Object.entries(sanitizer.faults))('%s is found', async (said, fault) => {
    const folder = emitGraph(smallGraph(), variant(sanitizer));
    const code = [
      '#include <pthread.h>',
      '#include <stdlib.h>',
      '#include <string.h>',
      'int shared;',
      'char *volatile sink;',
      'volatile size_t one = 1;',
      'static void *race(void *unused) { shared++; return unused; }',
      `__attribute__((constructor)) static void fault(void) { (void)race; ${fault} }`,
    ];
    appendFileSync(join(folder, 'src/main.c'), `${code.join('\n')}\n`);
    await buildFolder(folder, variant(sanitizer));
    const running = execute(folder, 'local', randomInputs(smallGraph()), sanitizer.threads);
    await expect(running).rejects.toThrow(new RegExp(said));
  });
});
