import { coreNames, loadCore, peakMultiplyAdds, RemoteError } from '@ait-rvv/remote';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ait-cores-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, 'core.json');
  writeFileSync(path, text);
  return path;
}

const example = JSON.parse(readFileSync(new URL('../../cores/spacemit-x60.json', import.meta.url), 'utf8')) as Record<
  string,
  object
>;

describe('the cores that come with the package', () => {
  test.each(coreNames())('every number of %s names a source the file has', (name) => {
    const { core } = loadCore(name);
    const keys = Object.keys(core.sources);
    const texts: string[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'source') texts.push(String(inner));
        else if (key !== 'sources') visit(inner);
      }
    };
    visit(core);
    expect(texts.length).toBeGreaterThan(60);
    expect(texts.filter((text) => !keys.some((key) => text.includes(key)))).toEqual([]);
    expect(keys.filter((key) => !texts.some((text) => text.includes(key)))).toEqual([]);
  });

  test('peaks: the X60 does eight multiply-adds a cycle, the C908 half, the X280 as many at half the rate', () => {
    expect(coreNames().map((name) => [name, peakMultiplyAdds(loadCore(name).core)])).toEqual([
      ['c908', 4],
      ['spacemit-x60', 8],
      ['x280', 8],
    ]);
  });
});

describe('a core of your own', () => {
  test('is another model than the one it was copied from only if a number differs', () => {
    const { version } = loadCore('spacemit-x60');
    expect(loadCore(file(JSON.stringify(example))).version).toBe(version);
    const changed = { ...example, issue: { ...example['issue'], width: 3 } };
    expect(loadCore(file(JSON.stringify(changed))).version).not.toBe(version);
  });

  test.each([
    ['{', 'it is no JSON'],
    ['[]', 'Invalid input: expected object, received array'],
    [JSON.stringify({ ...example, vlen: 100 }), 'vlen: Invalid input'],
    [JSON.stringify({ ...example, surprise: 1 }), 'Unrecognized key: "surprise"'],
    [JSON.stringify({ ...example, units: { integer: 2 } }), 'add: there is no unit "vector"'],
  ])('that cannot be: %#', (text, problem) => {
    const path = file(text);
    const error = thrownBy(() => loadCore(path));
    expect([error.code, error.message]).toEqual([
      'device-unknown',
      `${JSON.stringify(path)} is no core file: ${problem}`,
    ]);
  });

  test.each([
    ['nothing.json', '"nothing.json" is no core file: there is no such file'],
    ['../spacemit-x60', 'there is no core "../spacemit-x60"'],
    ['x61', 'there is no core "x61"'],
  ])('%s is not there', (name, message) => {
    expect(() => loadCore(name)).toThrow(message);
  });
});

function thrownBy(work: () => unknown): RemoteError {
  try {
    work();
  } catch (error) {
    if (error instanceof RemoteError) return error;
  }
  throw new Error('no RemoteError was thrown');
}
