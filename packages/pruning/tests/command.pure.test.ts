import { runCommand, type CommandContext } from '@ait-rvv/command';
import { optimize, tensorF32 } from '@ait-rvv/ir';
import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
import { readSafetensors, writeSafetensors } from '@ait-rvv/ir/weights';
import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
import { checkPlan, detectGraph, parsePlan, type Plan } from '@ait-rvv/pruning';
import { prune } from '@ait-rvv/pruning/command';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { randomTensor } from '../../../tools/testing/tensors.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { Sketch } from './sketch.js';

const folder = scratchFolder();
const path = (name: string): string => join(folder, name);
const MODEL = 'zoo:squeezenet1_1@32';

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command line of `ait-rvv-prune`; paths of the test's folder read `…`. */
async function command(...argv: string[]): Promise<Outcome> {
  const out = { stdout: '', stderr: '' };
  const context: CommandContext = {
    env: {},
    signal: new AbortController().signal,
    print: (text) => void (out.stdout += `${text}\n`),
    log: (text) => void (out.stderr += `${text.replaceAll(folder, '…')}\n`),
  };
  const exitCode = await runCommand({ name: 'ait-rvv-prune', version: '0.0.0' }, prune, argv, context);
  return { exitCode, ...out };
}

async function made(...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await command(...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

afterEach(() => {
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
  for (const name of readdirSync(folder)) rmSync(path(name));
});

describe('planning', () => {
  test('writes a plan that is valid for the model, and says what it does', async () => {
    const stdout = await made(MODEL, '--ratio', '0.5', '-o', path('plan.json'));
    const plan = parsePlan(readFileSync(path('plan.json'), 'utf8'));
    checkPlan(plan, optimize(buildZooModel(parseZooReference(MODEL))));
    expect(plan.model).toMatchObject({
      name: 'squeezenet1_1',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(stdout).toContain('features.3.squeeze');
    expect(stdout).toContain("stem: reads the 3 channels of the model's input");
    expect(stdout).toMatch(
      /\n25 of 26 layers pruned, 55\.5 % of 3,502,784 multiply-adds left, .* retained score 0\.5759\n$/,
    );
  });

  test('--json prints the plan as one document', async () => {
    const printed = JSON.parse(await made(MODEL, '--ratio', '0.5', '-o', path('plan.json'), '--json')) as Plan & {
      checks: [];
    };
    const { checks, ...plan } = printed;
    expect(plan).toEqual(parsePlan(readFileSync(path('plan.json'), 'utf8')));
    expect(plan.schemaVersion).toBe(1);
    expect(Array.isArray(plan.layers)).toBe(true);
    expect(checks).toEqual([]);
  });

  test('the same command gives the same bytes', async () => {
    for (const name of ['a.json', 'b.json']) await made(MODEL, '--target-macs', '0.5', '--permute', '-o', path(name));
    expect(readFileSync(path('a.json'))).toEqual(readFileSync(path('b.json')));
  });

  test('patterns, layers, rules and tiles', async () => {
    const args = [
      '--pattern',
      '2:4',
      '--layer',
      'features.12.*=0.75',
      '--layer',
      '*.squeeze=1:2',
      '--exclude',
      'features.6.*',
    ];
    const plan = JSON.parse(
      await made(MODEL, ...args, '--ignore-rule', 'stem', '--tile-rows', '8', '--min-columns', '2', '--json'),
    ) as Plan;
    const layer = (name: string) => plan.layers.find((one) => one.name === name);
    expect(layer('features.0')).toMatchObject({ n: 2, m: 4, tileRows: 8, keptColumns: 14 });
    expect(layer('features.12.squeeze')).toMatchObject({ n: 1, m: 2 });
    expect(layer('features.12.expand1x1')).toMatchObject({ n: 16, m: 64 });
    expect(layer('features.6.squeeze')).toMatchObject({ reason: 'excluded by features.6.*' });
  });

  test('of an option given twice the last counts, unless it takes a list', async () => {
    const args = [
      '--ratio',
      '0.9',
      '--ratio',
      '0.5',
      '--exclude',
      'features.3*',
      '--exclude',
      'features.4*',
      '--json',
      '--json',
    ];
    const plan = JSON.parse(await made(MODEL, ...args)) as Plan;
    const reasons = new Map(plan.layers.map((one) => [one.name, 'reason' in one ? one.reason : one.n]));
    expect(reasons.get('features.3.squeeze')).toBe('excluded by features.3*');
    expect(reasons.get('features.4.squeeze')).toBe('excluded by features.4*');
    expect(reasons.get('features.12.squeeze')).toBe(256);
  });

  test('--target-macs is met', async () => {
    const plan = JSON.parse(await made(MODEL, '--target-macs', '0.4', '--json')) as Plan;
    expect(plan.totals.macs.after / plan.totals.macs.before).toBeLessThanOrEqual(0.4);
    expect(plan.totals.macs.after / plan.totals.macs.before).toBeGreaterThan(0.39);
  });

  test('--like repeats a plan, permutations and all, for the model retrained under its masks', async () => {
    const original = importOnnx(exportOnnx(buildZooModel(parseZooReference(MODEL))));
    writeFileSync(path('a.onnx'), exportOnnx(original));
    await made(path('a.onnx'), '--ratio', '0.5', '--permute', '-o', path('a.json'), '--masks', path('m.safetensors'));
    const masks = readSafetensors(readFileSync(path('m.safetensors')), 'm');
    const values = original.values.map((value) => {
      const mask = masks.get(value.name);
      if (mask === undefined) return value;
      const tensor = randomTensor(value.type.shape, value.id + 1, 0.1);
      const data = (tensor.data as Float32Array).map((weight, index) => weight * Number(mask.data[index]));
      return { ...value, constant: { kind: 'dense' as const, tensor: { ...tensor, data } } };
    });
    writeFileSync(path('b.onnx'), exportOnnx({ ...original, values }));
    expect((await command(path('b.onnx'), '--check', path('a.json'))).exitCode).toBe(1);
    await made(path('b.onnx'), '--like', path('a.json'), '-o', path('b.json'), '--min-retained', '1');
    await made(path('b.onnx'), '--check', path('b.json'));
    const [a, b] = ['a.json', 'b.json'].map((name) => parsePlan(readFileSync(path(name), 'utf8')));
    expect(b?.permutations).toEqual(a?.permutations);
    expect(b?.totals.retained).toBe(1);
    // Training that let go of the masks shows.
    expect((await command(path('a.onnx'), '--like', path('a.json'), '--min-retained', '1')).exitCode).toBe(1);
    expect((await command('zoo:resnet18@32', '--like', path('a.json'))).exitCode).toBe(2);
    expect((await command(MODEL, '--like', path('a.json'), '--permute')).stderr).toBe(
      'error: --like takes the plan as it is and does not go with --permute\n',
    );
  });

  test('--masks and --apply write what other tools read', async () => {
    await made(MODEL, '--ratio', '0.75', '--permute', '--masks', path('m.safetensors'), '--apply', path('p.onnx'));
    const masks = readSafetensors(readFileSync(path('m.safetensors')), 'm');
    expect(masks.get('features.3.squeeze.weight')).toMatchObject({ dtype: 'bool', shape: [16, 64, 1, 1] });
    const applied = importOnnx(readFileSync(path('p.onnx')));
    const found = detectGraph(optimize(applied)).values.filter(({ constant }) => constant?.kind === 'columnNM');
    expect(found.length).toBe(masks.size);
    // Pruning what is pruned drops nothing.
    const again = JSON.parse(await made(path('p.onnx'), '--ratio', '0.75', '--json')) as Plan;
    expect(again.totals.retained).toBe(1);
  });

  test('--score takes importances by parameter', async () => {
    const magnitudes = new Map(
      buildZooModel(parseZooReference(MODEL)).values.flatMap(({ name, constant }) => {
        if (constant?.kind !== 'dense' || !name.endsWith('weight')) return [];
        const { tensor } = constant;
        return [[name, { ...tensor, data: (tensor.data as Float32Array).map(Math.abs) }] as const];
      }),
    );
    writeFileSync(path('s.safetensors'), writeSafetensors(magnitudes));
    const given = JSON.parse(await made(MODEL, '--ratio', '0.5', '--score', path('s.safetensors'), '--json')) as Plan;
    const own = JSON.parse(await made(MODEL, '--ratio', '0.5', '--json')) as Plan;
    expect(given.score).toBe('external');
    expect(given.totals).toEqual(own.totals);
  });

  test('--markdown keeps names from becoming markup', async () => {
    const s = new Sketch();
    const name = 'a|b`<img src=x>\n# c @someone';
    const graph = s.finish(s.conv(name, s.input(1, 16, 4, 4), 16));
    writeFileSync(path('m.onnx'), exportOnnx(graph));
    await made(
      path('m.onnx'),
      '--ratio',
      '0.5',
      '--tile-rows',
      '8',
      '--markdown',
      path('s.md'),
      '--min-retained',
      '0.1',
    );
    const lines = readFileSync(path('s.md'), 'utf8').split('\n');
    expect(lines[0]).toBe('### Pruning plan of `m`');
    expect(lines).toContain(
      '- passed: `min-retained`, retained score 0.577823, at least 0.1'.replace('0.577823', retainedOf(lines)),
    );
    const row = lines.find((line) => line.includes('<img')) ?? '';
    expect(row.startsWith("| `a\\|b'<img src=x>\\u000a# c @someone` | 16x16x1x1 | 8:16 | 8 | ")).toBe(true);
  });
});

function retainedOf(lines: readonly string[]): string {
  return /retained score (0\.\d+), at least/.exec(lines.join('\n'))?.[1] ?? '';
}

describe('checks for continuous integration', () => {
  test('a plan below a threshold fails, says by how much, and leaves nothing to deploy', async () => {
    const artifacts = ['plan.json', 'm.safetensors', 'p.onnx'].map(path);
    const [plan = '', masks = '', apply = ''] = artifacts;
    const outcome = await command(
      ...[MODEL, '--ratio', '0.75', '-o', plan, '--masks', masks, '--apply', apply, '--json'],
      ...['--min-retained', '0.8', '--max-macs', '0.2', '--markdown', path('s.md')],
    );
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(
      /^error: the plan fails --min-retained and --max-macs\nnote: retained score 0\.\d+, at least 0\.8\nnote: 0\.3547 of the multiply-adds left, at most 0\.2\n$/,
    );
    const { checks } = JSON.parse(outcome.stdout) as { checks: { name: string; passed: boolean }[] };
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['min-retained', false],
      ['max-macs', false],
    ]);
    expect(readFileSync(path('s.md'), 'utf8')).toContain('- **failed**: `max-macs`');
    expect(artifacts.filter((file) => existsSync(file))).toEqual([]);
  });

  test('thresholds that are kept pass', async () => {
    await made(MODEL, '--ratio', '0.5', '--min-retained', '0.5', '--max-macs', '0.6');
  });

  test('--check accepts the plan of the model, and makes masks from it', async () => {
    await made(MODEL, '--ratio', '0.5', '--permute', '-o', path('plan.json'), '--masks', path('a.safetensors'));
    await made(MODEL, '--check', path('plan.json'), '--masks', path('b.safetensors'), '--max-macs', '0.6');
    const [a, b] = ['a.safetensors', 'b.safetensors'].map((name) => readFileSync(path(name)));
    expect(a !== undefined && b?.equals(a)).toBe(true);
    expect((await command(MODEL, '--check', path('plan.json'), '--max-macs', '0.5')).exitCode).toBe(1);
  });

  test('--check refuses the plan of another model', async () => {
    await made('zoo:resnet18@32', '--ratio', '0.5', '-o', path('plan.json'));
    const { exitCode, stdout, stderr } = await command(MODEL, '--check', path('plan.json'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: AIT4002 plan of "resnet18": was made for another model, or another version of it/);
    expect(stderr).toContain('note: AIT4002 layer "conv1": is no layer of the model.');
    expect(stderr.split('\n').length).toBeLessThan(13);
  });

  test('--check names the layer that was edited', async () => {
    await made(MODEL, '--ratio', '0.5', '-o', path('plan.json'));
    const text = readFileSync(path('plan.json'), 'utf8');
    writeFileSync(path('plan.json'), text.replace('"n": 32,', '"n": 31,'));
    const { exitCode, stderr } = await command(MODEL, '--check', path('plan.json'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: AIT4002 layer "features\.3\.squeeze": keeps 31 of every 64 columns, its ratio 0\.5 leaves 32\.\n/,
    );
  });
});

describe('bad input', () => {
  const half = ['--ratio', '0.5'];
  test.each<[string, readonly string[], string]>([
    ['nothing to do', [], 'prune needs --ratio, --pattern, --target-macs, --layer, --like or --check'],
    [
      'a ratio below 0',
      ['--ratio', '-1'],
      'AIT4003 the ratio "-1" is no share of columns to drop: 0 or more, below 1.',
    ],
    ['a ratio of 1', ['--ratio', '1'], 'AIT4003 the ratio "1" is no share of columns to drop: 0 or more, below 1.'],
    [
      'a ratio above 1',
      ['--ratio', '1.5'],
      'AIT4003 the ratio "1.5" is no share of columns to drop: 0 or more, below 1.',
    ],
    [
      'a ratio that is no number',
      ['--ratio', 'NaN'],
      'AIT4003 the ratio "NaN" is no share of columns to drop: 0 or more, below 1.',
    ],
    ['an empty ratio', ['--ratio', ''], 'AIT4003 the ratio "" is no share of columns to drop: 0 or more, below 1.'],
    ['tiles of 0', [...half, '--tile-rows', '0'], '--tile-rows takes a whole number from 1 to 65536, not "0"'],
    ['tiles of 1.5', [...half, '--tile-rows', '1.5'], '--tile-rows takes a whole number from 1 to 65536, not "1.5"'],
    ['N > M', ['--pattern', '5:4'], 'AIT4003 the pattern 5:4 keeps N of every M columns, so N is from 1 to M.'],
    ['no N:M', ['--pattern', '2/4'], '--pattern takes N:M, not "2/4"'],
    ['two wishes', [...half, '--pattern', '2:4'], '--ratio and --pattern exclude each other'],
    [
      'an unknown layer',
      [...half, '--include', 'featurs.3*'],
      'AIT4003 no layer is called "featurs.3*". Near are "features.3.squeeze", "features.3.expand1x1", "features.3.expand3x3".',
    ],
    ['a layer without a wish', ['--layer', 'features.3'], '--layer takes GLOB=RATIO or GLOB=N:M, not "features.3"'],
    [
      'a layer with a bad wish',
      ['--layer', 'features.3*=2'],
      'AIT4003 the ratio "2" is no share of columns to drop: 0 or more, below 1.',
    ],
    [
      'an unknown rule',
      [...half, '--ignore-rule', 'x'],
      'AIT4003 there is no rule "x" to ignore. There are stem, few-columns, no-saving, few-rows, short-products, costs-more.',
    ],
    ['a target of 0', ['--target-macs', '0'], '--target-macs takes a share above 0, up to 1, not "0"'],
    ['a target above 1', ['--target-macs', '40'], '--target-macs takes a share above 0, up to 1, not "40"'],
    ['a target out of reach', ['--target-macs', '0.01'], 'AIT4003 at least'],
    [
      'a threshold that is no share',
      [...half, '--min-retained', '80%'],
      '--min-retained takes a share from 0 to 1, not "80%"',
    ],
    ['an unknown score', [...half, '--score', 'l3'], '--score takes l1, l2 or a .safetensors file, not "l3"'],
    [
      'importances that are not there',
      [...half, '--score', '…/no.safetensors'],
      'there is no .safetensors file "…/no.safetensors"',
    ],
    ['a plan that is not there', ['--check', '…/no.json'], 'there is no plan file "…/no.json"'],
    [
      'a plan that is checked and made',
      [...half, '--check', '…/no.json'],
      '--check takes the plan as it is and does not go with --ratio',
    ],
    ['an output that cannot be', [...half, '-o', '…/no/plan.json'], 'cannot write "…/no/plan.json"'],
    ['an option nobody knows', [...half, '--ration', '1'], 'prune has no option --ration'],
  ])('%s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await command(MODEL, ...args.map((arg) => arg.replace('…', folder)));
    expect(exitCode).toBe(2);
    const [first = '', ...more] = stderr.split('\n');
    expect(first.startsWith(`error: ${message}`)).toBe(true);
    for (const line of more) expect(line).toMatch(/^$|^hint: /);
    // A path that cannot be written shows only when there is something to write.
    if (!args.includes('-o')) expect(stdout).toBe('');
  });

  test('importances of the wrong shape, or missing', async () => {
    writeFileSync(
      path('s.safetensors'),
      writeSafetensors(new Map([['features.3.squeeze.weight', tensorF32([2], [1, 2])]])),
    );
    const args = [MODEL, '--layer', 'features.3*=0.5', '--score', path('s.safetensors')];
    expect(await command(...args)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: AIT4003 importances of "features.3.squeeze.weight": have the shape [2], the parameter has [16,64,1,1].\n',
    });
    writeFileSync(
      path('s.safetensors'),
      writeSafetensors(new Map([['features.3.sqeeze.weight', tensorF32([1], [1])]])),
    );
    expect((await command(...args)).stderr).toBe(
      'error: AIT4003 importances of "features.3.squeeze.weight": are missing for layer "features.3.squeeze". The file has "features.3.sqeeze.weight".\n',
    );
    writeFileSync(path('s.safetensors'), 'not a tensor file at all');
    expect((await command(...args)).stderr).toBe('error: AIT2202 "…/s.safetensors": is no .safetensors file.\n');
  });

  test('a plan that is cut off, or of another form', async () => {
    await made(MODEL, ...half, '-o', path('plan.json'));
    const text = readFileSync(path('plan.json'), 'utf8');
    for (const length of [0, 1, 100, Math.floor(text.length / 2), text.length - 3]) {
      writeFileSync(path('plan.json'), text.slice(0, length));
      expect(await command(MODEL, '--check', path('plan.json'))).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: 'error: AIT4001 "…/plan.json": is no JSON, or is cut off.\n',
      });
    }
    writeFileSync(path('plan.json'), '{"layers": 3}');
    const { exitCode, stderr } = await command(MODEL, '--check', path('plan.json'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: AIT4001 "…\/plan\.json": schemaVersion: /);
  });

  test('an argument too many', async () => {
    expect((await command(MODEL, 'more', ...half)).stderr).toBe(
      'error: prune does not take "more"\nhint: ait-rvv-prune --help lists its options\n',
    );
  });

  test('no model', async () => {
    expect(await command(path('no.onnx'), ...half)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: there is no model file "…/no.onnx"\n',
    });
  });
});
