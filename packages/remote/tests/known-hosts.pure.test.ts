import { judgeHostKey, keyFingerprint, keyType, knownHostLine, parseKnownHosts } from '@ait-rvv/remote';
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';

/** A key of this type: its name and some bytes. */
function key(type: string, seed: number): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(32, seed)]);
}

const ed = key('ssh-ed25519', 1);
const other = key('ssh-ed25519', 2);
const rsa = key('ssh-rsa', 3);
const line = (hosts: string, of: Buffer, marker = ''): string =>
  `${marker}${marker === '' ? '' : ' '}${hosts} ${keyType(of)} ${of.toString('base64')}`;
const judge = (text: string, host: string, port = 22, shown = ed): string =>
  judgeHostKey(parseKnownHosts('known_hosts', text), host, port, shown).kind;

describe('a host is', () => {
  test.each<readonly [string, string, string, number, Buffer, string]>([
    ['trusted by its name', line('board', ed), 'board', 22, ed, 'trusted'],
    ['trusted whatever the case of its name', line('Board', ed), 'bOARD', 22, ed, 'trusted'],
    ['trusted by one of several names', line('a,board,10.0.0.2', ed), '10.0.0.2', 22, ed, 'trusted'],
    ['trusted by a pattern', line('*.lab,?oard', ed), 'x.lab', 22, ed, 'trusted'],
    ['not trusted by a pattern with an exception', line('*.lab,!bad.lab', ed), 'bad.lab', 22, ed, 'unknown'],
    ['trusted on its port', line('[board]:2222', ed), 'board', 2222, ed, 'trusted'],
    ['unknown on another port', line('[board]:2222', ed), 'board', 2223, ed, 'unknown'],
    ['trusted on another port by the same key without a port', line('board', ed), 'board', 2222, ed, 'trusted'],
    ['unknown on another port by another key without a port', line('board', other), 'board', 2222, ed, 'unknown'],
    ['changed', line('board', other), 'board', 22, ed, 'changed'],
    ['changed when it shows a key of another type', line('board', rsa), 'board', 22, ed, 'changed'],
    [
      'trusted when one of its keys is shown',
      `${line('board', other)}\n${line('board', ed)}`,
      'board',
      22,
      ed,
      'trusted',
    ],
    [
      'revoked, even if trusted as well',
      `${line('board', ed)}\n${line('*', ed, '@revoked')}`,
      'board',
      22,
      ed,
      'revoked',
    ],
    ['unknown where another key is revoked', line('*', other, '@revoked'), 'board', 22, ed, 'unknown'],
    ['revoked without its port', line('board', ed, '@revoked'), 'board', 2222, ed, 'revoked'],
    ['unknown where only an authority vouches', line('*', ed, '@cert-authority'), 'board', 22, ed, 'unknown'],
    ['unknown in an empty file', '\n# nothing\n', 'board', 22, ed, 'unknown'],
    ['unknown when the line is damaged', `board ssh-ed25519 AAAA`, 'board', 22, ed, 'unknown'],
    [
      'unknown when the type is another than the key says',
      `board ssh-rsa ${ed.toString('base64')}`,
      'board',
      22,
      ed,
      'unknown',
    ],
    ['unknown behind a marker nobody knows', line('board', ed, '@future'), 'board', 22, ed, 'unknown'],
    [
      'trusted in spite of a comment and Windows line ends',
      `${line('board', ed)} me@home\r\n`,
      'board',
      22,
      ed,
      'trusted',
    ],
  ])('%s', (_, text, host, port, shown, kind) => {
    expect(judge(text, host, port, shown)).toBe(kind);
  });

  test('trusted by a hashed name', () => {
    const salt = Buffer.alloc(20, 7);
    const hash = createHmac('sha1', salt).update('[board]:2222').digest('base64');
    const text = line(`|1|${salt.toString('base64')}|${hash}`, ed);
    expect(judge(text, 'board', 2222)).toBe('trusted');
    expect(judge(text, 'boards', 2222)).toBe('unknown');
    expect(judge(text.replace('|1|', '|2|'), 'board', 2222)).toBe('unknown');
  });

  test('never trusted by the key of an authority', () => {
    const verdict = judgeHostKey(parseKnownHosts('f', line('board', ed, '@cert-authority')), 'board', 22, ed);
    expect(verdict).toMatchObject({ kind: 'unknown', authority: { file: 'f', line: 1 } });
  });
});

test.each([true, false])('a line that was written is read back (hashed: %s)', (hashed) => {
  const text = knownHostLine('Board.lab', 2222, ed, hashed);
  expect(text.includes('board.lab')).toBe(!hashed);
  expect(judge(text, 'board.lab', 2222)).toBe('trusted');
  expect(judge(text, 'board.lab', 22)).toBe('unknown');
});

test('patterns with many stars are matched in reasonable time', () => {
  const pattern = `${'*a'.repeat(40)}b`;
  expect(judge(line(pattern, ed), 'a'.repeat(4000))).toBe('unknown');
});

test('a key whose type would steer a terminal is none', () => {
  expect(keyType(key('\u001b[2Jssh-rsa', 1))).toBe('');
});

test('the fingerprint of a key that everybody knows', () => {
  // GitHub's published Ed25519 key and fingerprint.
  const published = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64');
  expect(keyFingerprint(published)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});
