import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { runProcess } from '@ait-rvv/remote';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFolder } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const published = ['packages', 'native'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name)),
);
const scratch = scratchFolder();
const tarballs = join(scratch, 'tarballs');

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProcess(['npm', ...args], { cwd, env: process.env });
  expect({ args, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ args, exitCode: 0, stderr: '' });
  return stdout;
}

/** An empty project with some of the packages installed as they would be from the registry. */
async function project(name: string, wanted: (tarball: string) => boolean): Promise<string> {
  const folder = join(scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  const files = readdirSync(tarballs).filter(wanted);
  await npm(
    folder,
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    ...files.map((file) => join(tarballs, file)),
  );
  return folder;
}

beforeAll(async () => {
  mkdirSync(tarballs);
  await npm(root, 'pack', '--pack-destination', tarballs, ...published);
});

describe('packages installed into an empty project', () => {
  test('npx ait-rvv compiles', async () => {
    const folder = await project('all', () => true);
    copyFileSync(join(root, 'examples/digits/digits.onnx'), join(folder, 'digits.onnx'));
    const args = ['compile', 'digits.onnx', '--shape', 'image:1,1,32,32', '--emit', 'c', '-o', 'out'];
    await npm(folder, 'exec', '--no', '--', 'ait-rvv', ...args);
    expect(existsSync(join(folder, 'out/src/digits.c'))).toBe(true);
    expect(await npm(folder, 'exec', '--no', '--', 'ait-rvv', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('the XNNPACK target compiles without that of RVV', async () => {
    const wanted = /^ait-rvv-(codegen-xnnpack|codegen-core|ir|runtime)-[0-9]/;
    const folder = await project('xnnpack', (tarball) => wanted.test(tarball));
    expect(readdirSync(join(folder, 'node_modules/@ait-rvv')).sort()).toEqual([
      'codegen-core',
      'codegen-xnnpack',
      'ir',
      'runtime',
    ]);
    const script = `
      import { compileGraph } from '@ait-rvv/codegen-core';
      import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
      import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
      import { mkdirSync, writeFileSync } from 'node:fs';
      import { dirname, join } from 'node:path';
      const source = { model: 'zoo:squeezenet1_1@64', sha256: '', shapes: {} };
      const graph = buildZooModel(parseZooReference(source.model));
      const { bundle } = compileGraph(graph, xnnpackBackend(), { name: 'net', source, embed: false });
      for (const [path, bytes] of bundle) {
        mkdirSync(dirname(join('out', path)), { recursive: true });
        writeFileSync(join('out', path), bytes);
      }`;
    writeFileSync(join(folder, 'use.mjs'), script);
    const { exitCode, stderr } = await runProcess([process.execPath, 'use.mjs'], { cwd: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await buildFolder(join(folder, 'out'), { backend: xnnpackBackend(), scalar: true });
    const run = await runProcess([join(folder, 'out/build/net'), '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ name: 'net', outputs: [{ shape: [1, 1000] }] });
  });

  test('npx @ait-rvv/pruning plans and checks, and pulls nothing native', async () => {
    const needed = ['command', 'ir', 'pruning'];
    const folder = await project('pruning', (tarball) => needed.some((name) => tarball.startsWith(`ait-rvv-${name}-`)));
    expect(readdirSync(join(folder, 'node_modules/@ait-rvv'))).toEqual(needed);
    copyFileSync(join(root, 'examples/digits/digits.onnx'), join(folder, 'digits.onnx'));
    const model = ['digits.onnx', '--shape', 'image:1,1,32,32'];
    const npx = (...args: string[]): Promise<string> =>
      npm(folder, 'exec', '--no', '--', '@ait-rvv/pruning', ...model, ...args);
    const printed = await npx('--ratio', '0.5', '-o', 'plan.json', '--json');
    const plan = JSON.parse(printed) as { schemaVersion: number; layers: unknown[] };
    expect(plan.schemaVersion).toBe(1);
    expect(plan.layers).toHaveLength(13);
    await npx('--check', 'plan.json', '--max-macs', '0.6');
    const script = `
      import { readFileSync } from 'node:fs';
      import { createRequire } from 'node:module';
      import { parsePlan } from '@ait-rvv/pruning';
      const schema = createRequire(import.meta.url)('@ait-rvv/pruning/plan.schema.json');
      console.log(parsePlan(readFileSync('plan.json', 'utf8')).layers.length, schema.type);`;
    writeFileSync(join(folder, 'use.mjs'), script);
    const { stdout, stderr } = await runProcess([process.execPath, 'use.mjs'], { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: '13 object\n', stderr: '' });
  });

  test('@ait-rvv/ir works alone, and pulls nothing of ours', async () => {
    const folder = await project('ir', (tarball) => tarball.startsWith('ait-rvv-ir-'));
    expect(readdirSync(join(folder, 'node_modules/@ait-rvv'))).toEqual(['ir']);
    const script = `
      import { buildZooModel, parseZooReference } from '@ait-rvv/ir/zoo';
      import { exportOnnx, importOnnx } from '@ait-rvv/ir/onnx';
      import { optimize } from '@ait-rvv/ir';
      const graph = optimize(importOnnx(exportOnnx(buildZooModel(parseZooReference('zoo:squeezenet1_1@64')))));
      console.log(graph.nodes.length);`;
    writeFileSync(join(folder, 'use.mjs'), script);
    const { stdout, stderr } = await runProcess([process.execPath, 'use.mjs'], { cwd: folder });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeGreaterThan(20);
  });
});
