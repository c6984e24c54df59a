import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { benchmarksPage, benchmarksTable } from './benchmarks.mjs';
import { onnxPage } from './onnx.mjs';
import { replacePart } from './parts.mjs';

/** Pages that are made from the code, or hold parts that are. `--check` compares instead of writing. */
const PAGES = {
  'docs/reference/onnx.md': onnxPage,
  'docs/reference/benchmarks.md': benchmarksPage,
  'README.md': (text) => replacePart(text, 'benchmarks', benchmarksTable()),
};

const check = process.argv.includes('--check');
for (const [path, make] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const known = readText(file);
  const text = await format(make(known), { ...(await resolveConfig(file)), parser: 'markdown' });
  if (!check) writeFileSync(file, text);
  else if (known !== text) {
    console.log(`${path} is out of date; run npm run docs`);
    process.exitCode = 1;
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error?.code !== 'ENOENT') throw error;
    return '';
  }
}
