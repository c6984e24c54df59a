import { lower, type Backend } from '@ait-rvv/codegen-core';
import { conv2d, GraphBuilder, tensorType, type Graph } from '@ait-rvv/ir';
import { formsOf, layersOf, measuredForm, offeredChoices, type Layer, type Measurement } from '@ait-rvv/tuning';
import { describe, expect, test } from 'vitest';
import { kernelVersion } from '../src/layers/layer.js';
import { randomTensor } from '../src/trial/trial-graph.js';
import { measurement } from './measurements.js';
import { backend } from './network.js';

/** Three convolutions: what lies between them may lie on a pitch. */
function network(): Graph {
  const builder = new GraphBuilder('net');
  const around = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], groups: 1, epilogue: [] } as const;
  let value = builder.input('x', tensorType('f32', [1, 8, 12, 12]));
  for (const name of ['a', 'b', 'c']) {
    const weight = builder.constant(`${name}.w`, randomTensor({ shape: [8, 8, 3, 3] }, name));
    value = builder.apply(conv2d, [value, weight], around, { name });
  }
  builder.output('y', value);
  return builder.build();
}

const graph = network();
const forms = formsOf(backend, (one: Backend) => lower(graph, one));

/** That the first choice of each layer of a form costs so much. */
function costing(index: number, cost: (layer: Layer) => number): readonly Measurement[] {
  const form = forms[index];
  if (form === undefined) throw new Error('there is such a form');
  return layersOf(form.lowered).flatMap((layer) => {
    const [first] = offeredChoices(layer, backend);
    if (first === undefined) return [];
    const { kernel, parameters } = first.candidate;
    const { text, sparsity } = layer;
    const version = kernelVersion(first.candidate);
    return [measurement({ layer: text, sparsity, kernel, parameters, kernelVersion: version, cost: cost(layer) })];
  });
}

describe('the form of a graph by measurements', () => {
  test('there are two: in runs of positions, and on a pitch', () => {
    expect(forms).toHaveLength(2);
    expect(forms.map(({ lowered }) => lowered.values.some(({ type }) => type.layout.pitch !== undefined))).toEqual([
      false,
      true,
    ]);
  });

  test('the one that costs less all together, of layers they do not share', () => {
    const [plain, pitched] = [costing(0, () => 100), costing(1, () => 90)];
    expect(measuredForm(forms, [...plain, ...pitched])).toBe(forms[1]);
    expect(measuredForm(forms, [...costing(0, () => 80), ...pitched])).toBe(forms[0]);
    // Trials do not tell so well.
    expect(measuredForm(forms, [...plain, ...costing(1, () => 98)])).toBe(forms[0]);
    // One layer that costs more than the others save.
    const scattering = costing(1, ({ text }) => (text.endsWith('cnhw+1') ? 90 : 200));
    expect(measuredForm(forms, [...plain, ...scattering])).toBe(forms[0]);
  });

  test('the first one where a layer of the other was not measured, or is made of other sources now', () => {
    const [plain, pitched] = [costing(0, () => 100), costing(1, () => 1)];
    expect(measuredForm(forms, [...plain, ...pitched.slice(1)])).toBe(forms[0]);
    expect(measuredForm(forms, [...plain, ...pitched.map((one) => ({ ...one, kernelVersion: 'old' }))])).toBe(forms[0]);
    expect(measuredForm(forms, pitched)).toBe(forms[0]);
    expect(measuredForm(forms, [])).toBe(forms[0]);
    expect(measuredForm([], [])).toBeUndefined();
  });
});
