import { CompileError, elementCount, interpret, toNumbers, typeAt, type Graph } from '@ait-rvv/ir';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { describe, expect, test } from 'vitest';
import { randomInputs } from '../../../tools/testing/tensors.js';

/** Trainable parameters: every constant but the running statistics. */
function parameters(graph: Graph): number {
  return graph.values.reduce((sum, { name, type, constant }) => {
    return constant === undefined || name.includes('running_') ? sum : sum + elementCount(type.shape);
  }, 0);
}

describe('zoo', () => {
  // The figures torchvision documents for its models.
  test.each([
    ['resnet18', 11_689_512],
    ['resnet34', 21_797_672],
    ['resnet50', 25_557_032],
    ['resnet101', 44_549_160],
    ['resnet152', 60_192_808],
    ['mobilenet_v2', 3_504_872],
    ['densenet121', 7_978_856],
    ['squeezenet1_1', 1_235_496],
  ])('%s has as many parameters as the published network', (name, expected) => {
    expect(parameters(buildZooModel(parseZooReference(`zoo:${name}@32`)))).toBe(expected);
  });

  test('size and batch are free', () => {
    const graph = buildZooModel(parseZooReference('zoo:mobilenet_v2@96?batch=3'));
    expect(graph.inputs.map((id) => typeAt(graph, id).shape)).toEqual([[3, 3, 96, 96]]);
    expect(graph.outputs.map((output) => typeAt(graph, output.value).shape)).toEqual([[3, 1000]]);
  });

  test('equal references give equal networks, whose outputs depend on the input', () => {
    const build = (): Graph => buildZooModel(parseZooReference('zoo:resnet18@32'));
    const run = (seed: number): number[] => {
      const graph = build();
      return [...interpret(graph, randomInputs(graph, seed)).values()].flatMap(toNumbers);
    };
    const [first, again, other] = [run(1), run(1), run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // Neither vanished nor blown up.
    const largest = Math.max(...first.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    expect(largest).toBeLessThan(1000);
  });

  test.each([
    ['zoo:resnet19', 'AIT1006 the zoo has no network "resnet19". Did you mean zoo:resnet18?'],
    [
      'zoo:lenet',
      'AIT1006 the zoo has no network "lenet". The zoo has densenet121, mobilenet_v2, resnet18, resnet34, resnet50, resnet101, resnet152, squeezenet1_1.',
    ],
    ['zoo:resnet18@0', 'AIT1006 resnet18 takes pictures of 32 to 4096 pixels, not 0.'],
    ['zoo:resnet18@99999', 'AIT1006 resnet18 takes pictures of 32 to 4096 pixels, not 99999.'],
    ['zoo:resnet18?batch=0', 'AIT1006 batch must be a whole number from 1 to 1024.'],
    ['zoo:resnet18?depth=3', 'AIT1006 a zoo network has no option "depth". It has batch, seed and classes.'],
    [
      'zoo:resnet18@x',
      'AIT1006 "zoo:resnet18@x" is no zoo reference. Write zoo:NAME[@size][?batch=N&seed=N&classes=N], for example zoo:resnet18@64?batch=2.',
    ],
  ])('%s is refused', (text, message) => {
    let caught: unknown;
    try {
      buildZooModel(parseZooReference(text));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(CompileError);
    expect((caught as CompileError).message).toBe(message);
  });
});
