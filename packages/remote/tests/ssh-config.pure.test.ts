import { DeviceBook, formatAddress, parseAddress, parseSshG, resolveHost, type BoardRecord } from '@ait-rvv/remote';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../../../tools/testing/scratch.js';

/** A home folder with this ~/.ssh/config. */
function home(config: string): string {
  const folder = scratchFolder();
  mkdirSync(join(folder, '.ssh'));
  writeFileSync(join(folder, '.ssh/config'), config);
  return folder;
}

describe('addresses', () => {
  test.each([
    ['board', 'ssh://board'],
    ['me@board', 'ssh://me@board'],
    ['me@board:2222', 'ssh://me@board:2222'],
    ['ssh://me@board:2222', 'ssh://me@board:2222'],
    ['ssh://board/', 'ssh://board'],
    ['me@[fe80::1%eth0]:22', 'ssh://me@[fe80::1%eth0]:22'],
    ['10.0.0.7:1', 'ssh://10.0.0.7:1'],
  ])('%s', (text, formatted) => {
    expect(formatAddress(parseAddress(text))).toBe(formatted);
    expect(parseAddress(formatted)).toEqual(parseAddress(text));
  });

  test.each([
    '',
    '@',
    'a@',
    'a b',
    'a@b c',
    '-oProxyCommand=x',
    'a@-b',
    'a@b:0',
    'a@b:65536',
    'a@b:x',
    'ssh://',
    'a@b@c',
    'a@b/c',
    'x\ny',
    `a@${'b'.repeat(300)}`,
  ])('%j is none', (text) => {
    expect(() => parseAddress(text)).toThrow('is no address of a board');
  });
});

test.each(['me:secret@board', 'ssh://me:secret@board:22', 'me:@board', ':secret@board', 'ssh://me:sec@ret@board'])(
  'an address with a password is refused, and not repeated: %s',
  (text) => {
    expect(() => parseAddress(text)).toThrow(/^an address of a board holds no password$/);
  },
);

describe('the configuration of OpenSSH', () => {
  const env = (folder: string) => ({ HOME: folder, PATH: '', SSH_AUTH_SOCK: '/run/agent' });

  test('is read where there is no ssh', async () => {
    const folder = home(`
Host bpi
  HostName board.lab
  Port 2222
  User bob
  IdentityFile ~/keys/%r-%h
  IdentityFile "/with space/key"
  ProxyJump gate,carol@inner:23
  HashKnownHosts yes
Host *.lab bpi
  User nobody
  IdentitiesOnly yes
  UserKnownHostsFile ~/.ssh/one "~/.ssh/two words"
`);
    expect(await resolveHost({ host: 'bpi' }, env(folder))).toEqual({
      alias: 'bpi',
      hostName: 'board.lab',
      port: 2222,
      user: 'bob',
      identityFiles: [join(folder, 'keys/bob-board.lab'), '/with space/key'],
      identitiesOnly: true,
      agentSocket: '/run/agent',
      knownHostsFiles: [
        join(folder, '.ssh/one'),
        join(folder, '.ssh/two words'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      hashKnownHosts: true,
      jumps: [{ host: 'gate' }, { host: 'inner', user: 'carol', port: 23 }],
    });
  });

  test('gives way to what the address says', async () => {
    const folder = home('Host *\n  User bob\n  Port 2222\n');
    expect(await resolveHost({ host: 'x', user: 'me', port: 7 }, env(folder))).toMatchObject({ user: 'me', port: 7 });
  });

  test('has defaults', async () => {
    const folder = scratchFolder();
    expect(await resolveHost({ host: 'x' }, { HOME: folder, PATH: '' })).toEqual({
      alias: 'x',
      hostName: 'x',
      port: 22,
      user: userInfo().username,
      identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(folder, '.ssh', name)),
      identitiesOnly: false,
      knownHostsFiles: [
        join(folder, '.ssh/known_hosts'),
        join(folder, '.ssh/known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
      hashKnownHosts: false,
      jumps: [],
    });
  });

  test('may turn the agent off', async () => {
    const folder = home('Host x\n  IdentityAgent none\nHost y\n  IdentityAgent ~/agent\n');
    expect((await resolveHost({ host: 'y' }, env(folder))).agentSocket).toBe(join(folder, 'agent'));
    expect((await resolveHost({ host: 'x' }, env(folder))).agentSocket).toBeUndefined();
  });

  test('with ProxyCommand is refused', async () => {
    const folder = home('Host x\n  ProxyCommand nc %h %p\n');
    await expect(resolveHost({ host: 'x' }, env(folder))).rejects.toMatchObject({
      code: 'connection-refused',
      message: 'x is reached with ProxyCommand, which is not supported',
    });
  });

  test('is asked of ssh -G, whose answer is read', async () => {
    const bin = scratchFolder();
    // What ssh 9.2 prints, cut down; the arguments it was given go to a file.
    const answer = [
      'user bob',
      'hostname board.lab',
      'port 2222',
      'identityfile ~/.ssh/id_rsa',
      'identityfile ~/.ssh/id_ed25519',
      'userknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2',
      'globalknownhostsfile /etc/ssh/ssh_known_hosts',
      'hashknownhosts yes',
      'identitiesonly no',
      'proxyjump gate',
      'identityagent none',
    ];
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" >${join(bin, 'arguments')}\ncat <<'END'\n${answer.join('\n')}\nEND\n`;
    writeFileSync(join(bin, 'ssh'), script, { mode: 0o755 });
    const own = userInfo().homedir;
    const host = await resolveHost({ host: 'bpi', port: 22 }, { HOME: own, PATH: `${bin}:/usr/bin:/bin` });
    expect(readFileSync(join(bin, 'arguments'), 'utf8')).toBe('-G\n-p\n22\n--\nbpi\n');
    expect(host).toMatchObject({
      hostName: 'board.lab',
      port: 2222,
      user: 'bob',
      jumps: [{ host: 'gate' }],
      hashKnownHosts: true,
    });
    expect(host.identityFiles).toEqual([join(own, '.ssh/id_rsa'), join(own, '.ssh/id_ed25519')]);
    expect(host.knownHostsFiles).toHaveLength(3);
    expect(parseSshG('proxyjump none\nuser a b\n')).toEqual(
      new Map([
        ['proxyjump', ['none']],
        ['user', ['a b']],
      ]),
    );
  });
});

describe('the book of boards', () => {
  const record: BoardRecord = { address: { host: 'board', user: 'me', port: 2222 }, folder: "/mnt/it's big" };

  test('is written and read back', async () => {
    const folder = join(scratchFolder(), 'config', 'ait-rvv');
    const book = (await DeviceBook.read(folder)).with('bpi', record);
    await book.write();
    const again = await DeviceBook.read(folder);
    expect([...again.boards]).toEqual([['bpi', record]]);
    await again.without('bpi').write();
    expect((await DeviceBook.read(folder)).boards.size).toBe(0);
  });

  test.each(['', 'a b', '-x', 'qemu', 'ssh', 'sim', '../x', '1st', 'x'.repeat(65), '__proto__'])(
    '%j is no name',
    (name) => {
      expect(() => new DeviceBook('f').with(name, record)).toThrow('cannot be the name of a board');
    },
  );

  test.each(['', '[]', '{', '{"schemaVersion":2,"boards":{}}', '{"schemaVersion":1,"boards":{"x":{"address":{}}}}'])(
    'a damaged one is said to be (%j)',
    async (text) => {
      const folder = scratchFolder();
      writeFileSync(join(folder, 'devices.json'), text);
      await expect(DeviceBook.read(folder)).rejects.toMatchObject({
        code: 'device-unknown',
        message: `${join(folder, 'devices.json')} is damaged`,
      });
    },
  );

  test('a board that is there, or is not, is named', () => {
    const book = new DeviceBook('f').with('bpi', record);
    expect(() => book.with('bpi', record)).toThrow('there is a board bpi already');
    expect(() => book.without('other')).toThrow('there is no board "other"');
  });
});
