import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { benchmarksPage, benchmarksTable } from './benchmarks.mjs';
import { coreSchemaFile } from './core-schema.mjs';
import { onnxPage } from './onnx.mjs';
import { replacePart } from './parts.mjs';
import { planSchemaPage } from './plan-schema.mjs';
import { profileSchemaFile } from './profile-schema.mjs';
import { simulatorPage } from './simulator.mjs';
import { tuningPage } from './tuning.mjs';

/** Files that are made from the code, or hold parts that are. `--check` compares instead of writing. */
const PAGES = {
  'docs/reference/onnx.md': onnxPage,
  'docs/reference/benchmarks.md': benchmarksPage,
  'docs/reference/simulator.md': simulatorPage,
  'docs/reference/tuning.md': tuningPage,
  'packages/pruning/plan.schema.json': planSchemaPage,
  'packages/tuning/profile.schema.json': profileSchemaFile,
  'packages/remote/cores/core.schema.json': coreSchemaFile,
  'README.md': (text) => replacePart(text, 'benchmarks', benchmarksTable()),
};

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const text = await format(make(known), { ...(await resolveConfig(file)), filepath: file });
  if (!check) writeFileSync(file, text);
  else if (known !== text) {
    console.log(`${path} is out of date; run npm run docs`);
    process.exitCode = 1;
  }
}
