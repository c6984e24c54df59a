import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { onnxPage } from './onnx.mjs';
import { planSchemaPage } from './plan-schema.mjs';

/** Files that are made from the code. `--check` compares instead of writing. */
const PAGES = { 'docs/reference/onnx.md': onnxPage, 'packages/pruning/plan.schema.json': planSchemaPage };

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const text = await format(make(), { filepath: path, printWidth: 120 });
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.log(`${path} is out of date; run npm run docs`);
    process.exitCode = 1;
  }
}
