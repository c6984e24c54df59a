import { optimize, type Graph } from '@ait-rvv/ir';
import { RandomSource } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import {
  checkPlan,
  checkRetained,
  parsePlan,
  planJsonSchema,
  planPruning,
  planText,
  type Plan,
} from '@ait-rvv/pruning';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusal } from './refusal.js';

const zoo = (name: string): Graph => optimize(buildZooModel(parseZooReference(`zoo:${name}`)));
const graph = zoo('squeezenet1_1@32');
const plan = planPruning(graph, {
  drop: { ratio: 0.5 },
  permute: true,
  model: { name: 'net', sha256: 'a'.repeat(64) },
});
const text = planText(plan);

/** The plan as an editor might leave it: plain data. */
type Edited = { -readonly [K in keyof Plan]: Plan[K] } & { layers: Record<string, unknown>[] };

function edited(change: (plan: Edited) => void): string {
  const copy = JSON.parse(text) as Edited;
  change(copy);
  return JSON.stringify(copy);
}

const layer = (copy: Edited, index: number): Record<string, unknown> => copy.layers[index] ?? {};

describe('plan files that cannot be read', () => {
  test('cut anywhere', () => {
    for (let length = 0; length < text.length - 2; length += 97) {
      expect(refusal(() => parsePlan(text.slice(0, length), 'plan.json'))).toBe(
        'AIT4001 "plan.json": is no JSON, or is cut off.',
      );
    }
  });

  test.each<[string, string, RegExp]>([
    ['another document', '{"a":1}', /^AIT4001 "plan": schemaVersion: Invalid input/],
    ['a list', '[]', /^AIT4001 "plan": Invalid input: expected object, received array\.$/],
    [
      'a later version',
      edited((p) => (p.schemaVersion = 2 as 1)),
      /^AIT4001 "plan": schemaVersion: Invalid input: expected 1\./,
    ],
    [
      'a field nobody knows',
      edited((p) => (layer(p, 1)['note'] = 'x')),
      /layer "features\.3\.squeeze": Unrecognized key: "note"\.$/,
    ],
    [
      'a layer without counts',
      edited((p) => delete layer(p, 1)['n']),
      /layer "features\.3\.squeeze": n: Invalid input: expected number/,
    ],
    ['N of 0', edited((p) => (layer(p, 1)['n'] = 0)), /layer "features\.3\.squeeze": n: Too small/],
    [
      'a fraction of a column',
      edited((p) => (layer(p, 1)['m'] = 1.5)),
      /layer "features\.3\.squeeze": m: Invalid input: expected int/,
    ],
    ['a shape of nothing', edited((p) => (layer(p, 0)['shape'] = [0])), /layer "features\.0": shape\.0: Too small/],
  ])('%s', (_, contents, message) => {
    expect(refusal(() => parsePlan(contents))).toMatch(message);
  });

  test('changed bytes never crash', () => {
    const random = new RandomSource(3);
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(text);
      for (let k = 0; k < 2; k++) bytes[random.next() % bytes.length] = 32 + (random.next() % 95);
      expect(refusal(() => parsePlan(bytes.toString()))).toMatch(/^(accepted|AIT400[12] )/);
    }
  });
});

describe('edited plans that contradict themselves', () => {
  const name = 'layer "features.3.squeeze"';
  test.each<[string, (plan: Edited) => void, string]>([
    [
      'another N',
      (p) => (layer(p, 1)['n'] = 33),
      `AIT4002 ${name}: keeps 33 of every 64 columns, its ratio 0.5 leaves 32.`,
    ],
    [
      'M beyond the depth',
      (p) => (layer(p, 1)['m'] = 65),
      `AIT4002 ${name}: keeps 32 of every 65 columns, but has 64.`,
    ],
    [
      'another count',
      (p) => (layer(p, 1)['keptColumns'] = 31),
      `AIT4002 ${name}: says it keeps 31 columns, 32:64 of 64 keeps 32.`,
    ],
    ['a ratio of 1', (p) => (layer(p, 1)['ratio'] = 1), `AIT4002 ${name}: has the ratio 1, which is not below 1.`],
    [
      'other multiply-adds',
      (p) => (layer(p, 1)['macs'] = { before: 64, after: 33 }),
      `AIT4002 ${name}: says 33 multiply-adds remain, 32 of 64 columns need 32.`,
    ],
    ['a layer twice', (p) => p.layers.push(layer(p, 1)), `AIT4002 ${name}: occurs twice.`],
    [
      'a permutation nobody has',
      (p) => (layer(p, 1)['permutation'] = 'x'),
      `AIT4002 ${name}: takes the permutation "x", which the plan lacks.`,
    ],
    [
      'an order that loses a channel',
      (p) => ((p.permutations[0]?.order ?? [])[0] = 3),
      'has a permutation that is no order of',
    ],
    ['other totals', (p) => (p.totals.retained = 0.99), 'AIT4002 totals: are not those of the layers.'],
    [
      'groups a tile straddles',
      (p) => Object.assign(layer(p, 1), { groups: 2 }),
      `AIT4002 ${name}: has groups of 8 rows, which tiles of 14 would straddle.`,
    ],
    [
      'columns that are no N:M',
      (p) => (layer(p, 1)['columns'] = 'AAAA'),
      `AIT4002 ${name}: lists columns that are no 32:64 of 64 in tiles of 14.`,
    ],
  ])('%s', (_, change, message) => {
    expect(refusal(() => parsePlan(edited(change)))).toContain(message);
  });
});

describe('plans against a model', () => {
  /** Consistent in itself, so that only the model can tell. */
  const check = (change: (plan: Edited) => void): string =>
    refusal(() => checkPlan(JSON.parse(edited(change)) as Plan, graph, 'a'.repeat(64)));

  test('one of its own is accepted', () => {
    expect(refusal(() => checkPlan(plan, graph, 'a'.repeat(64)))).toBe('accepted');
    expect(refusal(() => checkPlan(plan, graph))).toBe('accepted');
    expect(refusal(() => checkRetained(plan, graph))).toBe('accepted');
  });

  test('one of another version names the hashes', () => {
    expect(refusal(() => checkPlan(plan, graph, 'b'.repeat(64)))).toBe(
      'AIT4002 plan of "net": was made for another model, or another version of it: SHA-256 aaaaaaaaaaaa… is not bbbbbbbbbbbb… Plan again.',
    );
  });

  test('one of another network names its layers', () => {
    const message = refusal(() => checkPlan(plan, zoo('resnet18@32'), 'b'.repeat(64)));
    expect(message).toContain('layer "features.0": is no layer of the model.');
    expect(message).toContain('layer "fc": is not in the plan.');
  });

  test.each<[string, (plan: Edited) => void, RegExp]>([
    [
      'another name',
      (p) => (layer(p, 1)['name'] = 'features.3.sqeeze'),
      /layer "features\.3\.sqeeze": is no layer of the model\. The nearest is "features\.3\.squeeze"\./,
    ],
    ['a layer taken out', (p) => p.layers.splice(3, 1), /layer "features\.3\.expand3x3": is not in the plan\./],
    [
      'another weight',
      (p) => (layer(p, 1)['weight'] = 'w'),
      /layer "features\.3\.squeeze": has the weight "features\.3\.squeeze\.weight" \[16,64,1,1\], the plan says "w"/,
    ],
    ['another shape', (p) => (layer(p, 1)['shape'] = [64, 16, 1, 1]), /layer "features\.3\.squeeze": has the weight/],
    [
      'another use',
      (p) => (layer(p, 1)['op'] = 'linear'),
      /layer "features\.3\.squeeze": is used in another way than the plan says\./,
    ],
    [
      'other multiply-adds',
      (p) => (layer(p, 1)['macs'] = { before: 128, after: 64 }),
      /layer "features\.3\.squeeze": has \d+ multiply-adds, the plan says 128\./,
    ],
    [
      'a layer out of its permutation',
      (p) => delete layer(p, 1)['permutation'],
      /has a permutation that no layer takes/,
    ],
    [
      'the classifier in one',
      (p) => {
        p.permutations.push({ name: 'classifier.1', order: Array.from({ length: 1000 }, (_, i) => 999 - i) });
        layer(p, p.layers.length - 1)['permutation'] = 'classifier.1';
      },
      /layer "classifier\.1": must keep its channels in place: they reach the output "output"\./,
    ],
  ])('%s is found', (_, change, message) => {
    expect(check(change)).toMatch(message);
  });

  test('a depthwise layer made prunable by hand is found', () => {
    const mobile = zoo('mobilenet_v2@32');
    const copy = planPruning(mobile, { drop: { ratio: 0.5 } });
    const index = copy.layers.findIndex(({ groups }) => groups > 1);
    const { reason: _, ...rest } = copy.layers[index] as { reason: string } & Plan['layers'][number];
    const counts = { tileRows: 1, n: 5, m: 9, ratio: 0.5, keptColumns: 5, retained: 0.5 };
    const macs = { before: rest.macs.before, after: (rest.macs.before / 9) * 5 };
    const layers = copy.layers.with(index, { ...rest, ...counts, macs });
    expect(refusal(() => checkPlan({ ...copy, layers }, mobile))).toContain(
      `layer "${rest.name}": cannot be pruned: depthwise`,
    );
  });

  test('weights that changed, or a retained share that was edited, are found', () => {
    const values = graph.values.map((value) => {
      if (value.name !== 'features.3.squeeze.weight' || value.constant?.kind !== 'dense') return value;
      const { tensor } = value.constant;
      const data = (tensor.data as Float32Array).map((x, i) => (i % 64 === 0 ? 100 : x));
      return { ...value, constant: { kind: 'dense' as const, tensor: { ...tensor, data } } };
    });
    expect(refusal(() => checkRetained(plan, { ...graph, values }))).toMatch(
      /^AIT4002 layer "features\.3\.squeeze": retains 0\.\d+ of its score, the plan says 0\.\d+\.$/,
    );
  });
});

test('the published schema is that of the code', () => {
  const file = new URL('../plan.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(planJsonSchema());
});
