import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { runProcess } from '../src/process.js';
import { scriptArgv } from '../src/shell/scripts.js';

const HASH = 'a'.repeat(64);
const SIZE = '5';

/** A place on a board with a part of the object; `tools` are commands that stand in for the board's own. */
async function storeIn({ part = '12345', tools = {} }: { part?: string; tools?: Readonly<Record<string, string>> }) {
  const folder = scratchFolder();
  for (const name of ['parts', 'objects', 'fresh', 'bin']) mkdirSync(join(folder, name));
  if (part !== '') writeFileSync(join(folder, 'parts', HASH), part);
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  const { exitCode, stderr } = await runProcess(scriptArgv('store', [folder, 'boot', HASH, SIZE, 'trust']), { env });
  const object = join(folder, 'objects', HASH);
  return {
    ...{ exitCode, stderr },
    object: existsSync(object) ? readFileSync(object, 'utf8') : undefined,
    parts: readdirSync(join(folder, 'parts')),
  };
}

/** What another sender of the same object does at its own pace. */
const TAKE = `mv parts/${HASH} objects/${HASH}`;

test('a complete part becomes an object', async () => {
  expect(await storeIn({})).toEqual({ exitCode: 0, stderr: '', object: '12345', parts: [] });
});

test.each(['', '123', '1234567'])('a part that is not complete is sent again: %j', async (part) => {
  expect(await storeIn({ part })).toEqual({ exitCode: 65, stderr: '', object: undefined, parts: [] });
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['before it is measured', { wc: `cat >/dev/null; ${TAKE}; exit 1` }],
  ['after it was measured', { wc: `cat >/dev/null; ${TAKE}; echo ${SIZE}` }],
  ['while it is moved', { mv: `/bin/mv "$2" "$3"; exit 1` }],
])('somebody else who sends the same may be first: %s', async (_, tools) => {
  expect(await storeIn({ tools })).toEqual({ exitCode: 0, stderr: '', object: '12345', parts: [] });
});
