import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { coreSchemaFile } from './core-schema.mjs';
import { onnxPage } from './onnx.mjs';
import { planSchemaPage } from './plan-schema.mjs';
import { simulatorPage } from './simulator.mjs';

/** Files that are made from the code. `--check` compares instead of writing. */
const PAGES = {
  'docs/reference/onnx.md': onnxPage,
  'docs/reference/simulator.md': simulatorPage,
  'packages/pruning/plan.schema.json': planSchemaPage,
  'packages/remote/cores/core.schema.json': coreSchemaFile,
};

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const text = await format(make(), { filepath: file, printWidth: 120 });
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.log(`${path} is out of date; run npm run docs`);
    process.exitCode = 1;
  }
}
