import {
  BundleWriter,
  cFloat,
  cIdentifier,
  cString,
  hash128,
  isCIdentifier,
  runtimeFiles,
} from '@ait-rvv/codegen-core';
import { describe, expect, test } from 'vitest';

describe('names', () => {
  test.each([
    ['resnet18', 'resnet18'],
    ['my-net v2', 'my_net_v2'],
    ['größe', 'gro_e'],
    ['7up', 'model_7up'],
    ['__x__', 'x'],
    ['int', 'int_model'],
    ['ait_model', 'ait_model_model'],
    ['"); system("', 'system'],
    ['', 'model'],
    ['../../etc/passwd', 'etc_passwd'],
  ])('%j becomes %s', (wish, name) => {
    expect(cIdentifier(wish)).toBe(name);
    expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
  });

  test('what the user may not choose', () => {
    for (const name of ['', '1a', 'a b', 'a-b', '_a', 'while', 'ait_x', 'x'.repeat(60)])
      expect(isCIdentifier(name)).toBe(false);
  });
});

describe('literals', () => {
  test('floats read back as the same bits', () => {
    for (const value of [0, -0, 1, 0.1, 1e-45, 3.4028234663852886e38, -1.17549435e-38, 16777217, 1 / 3]) {
      const text = cFloat(value);
      expect(text).toMatch(/^-?[0-9.]+(e[-+]?[0-9]+)?f$/);
      expect(Object.is(Math.fround(Number(text.slice(0, -1))), Math.fround(value))).toBe(true);
    }
    expect([cFloat(Infinity), cFloat(-Infinity), cFloat(NaN)]).toEqual([
      '(1.0f / 0.0f)',
      '(-1.0f / 0.0f)',
      '(0.0f / 0.0f)',
    ]);
  });

  test('strings cannot end a literal, a comment or begin a trigraph', () => {
    expect(cString('a"b\\c\n*/??=')).toBe('"a\\"b\\\\c\\012*/\\077\\077="');
    expect(cString('ü\u2028')).toMatch(/^"(\\[0-7]{3})+"$/);
  });
});

describe('bundle', () => {
  test('one path has one content', () => {
    const writer = new BundleWriter();
    writer.text('b', 'x');
    writer.text('a', 'y');
    writer.text('b', 'x');
    expect([...writer.finish().keys()]).toEqual(['a', 'b']);
    expect(() => writer.text('b', 'z')).toThrow('two contents for b');
  });

  test('every runtime source is listed and every listed one exists', () => {
    const { files, library, program } = runtimeFiles();
    for (const path of [...library, ...program]) expect(files.has(path)).toBe(true);
    expect(new Set([...library, ...program]).size).toBe(library.length + program.length);
  });

  test('the hash sees every word, its place and the length', () => {
    const bytes = new Uint8Array(64);
    const base = hash128(bytes).join();
    const seen = new Set([base]);
    for (let at = 0; at < 64; at += 4) seen.add(hash128(bytes.with(at, 1)).join());
    seen.add(hash128(bytes.subarray(0, 48)).join());
    expect(seen.size).toBe(18);
  });
});
