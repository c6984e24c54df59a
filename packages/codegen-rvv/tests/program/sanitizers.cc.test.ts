import { RV64GCV } from '@ait-rvv/codegen-core';
import { rvvBackend } from '@ait-rvv/codegen-rvv';
import { elementwise, GraphBuilder, tensorType, type Graph } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCase, type CompiledCase } from '../../../../tools/testing/conformance/compile-case.js';
import { nodeCases } from '../../../../tools/testing/conformance/node-cases.js';
import { buildCases, runCases } from '../../../../tools/testing/conformance/run-cases.js';
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

/** All kinds of the zoo in the full run, the quickest ones otherwise; `+winograd` with Winograd convolutions. */
const NETWORKS = FULL
  ? ['squeezenet1_1@64', 'mobilenet_v2@64', 'resnet18@64', 'resnet18@64+winograd', 'resnet50@64', 'densenet121@64']
  : ['squeezenet1_1@64', 'mobilenet_v2@64', 'resnet18@64', 'resnet18@64+winograd'];

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
  test.each(NETWORKS)('%s', async (network) => {
    const [name = '', winograd] = network.split('+');
    const graph = buildZooModel(parseZooReference(`zoo:${name}`));
    const backend = rvvBackend(RV64GCV, { winograd: winograd !== undefined });
    const folder = emitGraph(graph, { ...variant(sanitizer), backend });
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
