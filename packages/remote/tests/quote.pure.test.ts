import { BOARD_SCRIPTS, runProcess, scriptArgv, shellCommand } from '@ait-rvv/remote';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HOSTILE_NAMES } from '../../../tools/testing/hostile-names.js';

const SHELLS = ['/bin/sh', '/bin/bash', '/usr/bin/fish', '/bin/zsh', '/bin/tcsh'].filter((shell) => existsSync(shell));

/** What a program is given when a shell runs a command line of ours. */
async function seen(shell: string, words: readonly string[]): Promise<readonly string[]> {
  const show = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
  const command = shellCommand([process.execPath, '-e', show, '--', ...words]);
  const { stdout, stderr } = await runProcess([shell, '-c', command]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as readonly string[];
}

describe.each(SHELLS)('%s', (shell) => {
  test('hands over every word unchanged', async () => {
    // csh knows no line ends inside of a word.
    const words = HOSTILE_NAMES.filter((name) => shell !== '/bin/tcsh' || !name.includes('\n'));
    expect(await seen(shell, words)).toEqual(words);
  });

  test('words of random characters', async () => {
    const special = `'"\\!$\`*?[]{}()<>|&;#~^%=-+ \t@:,.aZ0é漢`;
    let state = 1;
    const next = (): number => (state = (state * 48271) % 2147483647);
    const characters = [...new Intl.Segmenter().segment(special)].map(({ segment }) => segment);
    const words = Array.from({ length: 200 }, () =>
      Array.from({ length: next() % 12 }, () => characters[next() % characters.length]).join(''),
    );
    expect(await seen(shell, words)).toEqual(words);
  });
});

test('a NUL is refused: no program could be given it', () => {
  expect(() => shellCommand(['a\0b'])).toThrow('"a\\u0000b" contains a NUL character');
});

test('scripts get names as parameters, never as text', () => {
  for (const script of BOARD_SCRIPTS) {
    const [sh, flag, text, name, ...args] = scriptArgv(script, HOSTILE_NAMES);
    expect([sh, flag, name]).toEqual(['sh', '-c', script]);
    expect(args).toEqual(HOSTILE_NAMES);
    expect(text).toMatch(new RegExp(`^# ${script}\\.sh`));
    // Nothing that would make a parameter into shell text.
    expect(text).not.toMatch(/\beval\b/);
  }
});
