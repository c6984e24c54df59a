import { readElf, RemoteError, requireXnnpack } from '@ait-rvv/remote';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'ait-libraries-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): string {
  const file = join(scratch, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** An ELF header with nothing behind it. */
function elf(machine: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write('\u007fELF\u0002\u0001', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt16LE(56, 54);
  return bytes;
}

/** An archive with a symbol table and these members. */
function archive(...members: readonly Buffer[]): Buffer {
  const header = (name: string, size: number): Buffer =>
    Buffer.from(`${name.padEnd(48)}${String(size).padEnd(10)}\u0060\n`, 'latin1');
  const padded = (bytes: Buffer): Buffer => (bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(10)]));
  const table = Buffer.from('odd');
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    header('/', table.length),
    padded(table),
    ...members.flatMap((member) => [header('x.o/', member.length), padded(member)]),
  ]);
}

describe('ELF files', () => {
  test('this machine has made the program that runs this', () => {
    const machine = { x64: 'x86_64', arm64: 'aarch64', riscv64: 'riscv64' }[process.arch as 'x64'];
    const found = readElf(process.execPath);
    expect(found?.machine).toBe(machine);
    expect(found?.interpreter).toMatch(/^\/.*ld-/);
    expect(found?.needed).toEqual(expect.arrayContaining([expect.stringMatching(/^libc\.so/)]));
  });

  test('archives say what their members are for', () => {
    expect(readElf(write('a.a', archive(elf(243))))).toEqual({ machine: 'riscv64', needed: [] });
    expect(readElf(write('b.a', archive(Buffer.from('text\n'), elf(183))))?.machine).toBe('aarch64');
  });

  test.each<readonly [string, Buffer]>([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('a linker script: INPUT(libXNNPACK.so.0)')],
    ['a cut header', elf(243).subarray(0, 30)],
    ['an archive without members', archive()],
    ['an archive of text', archive(Buffer.from('text'))],
    ['an archive with a broken size', Buffer.concat([archive().subarray(0, 56), Buffer.from('many'.padEnd(12))])],
    ['32 bits', Buffer.concat([Buffer.from('\u007fELF\u0001\u0001', 'latin1'), Buffer.alloc(58)])],
  ])('%s is none', (name, bytes) => {
    expect(readElf(write(`odd/${name.replaceAll(' ', '-')}`, bytes))).toBeUndefined();
  });

  test('a header that points outside of the file is none', () => {
    const bytes = elf(243);
    bytes.writeBigUInt64LE(1n << 60n, 32);
    bytes.writeUInt16LE(9, 56);
    expect(readElf(write('far', bytes))).toBeUndefined();
  });
});

describe('XNNPACK of the user', () => {
  const FUNCTIONS = ['xnn_one', 'xnn_two'];
  const header = FUNCTIONS.map((name) => `enum xnn_status ${name}(int a);`).join('\n');
  let count = 0;

  function prefix(files: Readonly<Record<string, string | Buffer>>): string {
    const root = `prefix${count++}`;
    mkdirSync(join(scratch, root));
    for (const [path, content] of Object.entries(files)) write(join(root, path), content);
    return join(scratch, root);
  }

  async function require(root: string) {
    const never = (): never => {
      throw new Error('nothing is to be fetched');
    };
    return requireXnnpack({ prefix: root, functions: FUNCTIONS, cacheDir: scratch, env: {}, log: never });
  }

  const headers = { 'include/xnnpack.h': header, 'include/pthreadpool.h': '' } as const;

  test('shared libraries go before static ones, Debian keeps them by architecture', async () => {
    const root = prefix({
      ...headers,
      'lib/libXNNPACK.a': archive(elf(62)),
      'lib/riscv64-linux-gnu/libXNNPACK.so': elf(243),
    });
    const folders = [join(root, 'lib'), join(root, 'lib/riscv64-linux-gnu')];
    expect(await require(root)).toEqual({
      name: 'XNNPACK',
      prefix: root,
      shared: true,
      runtimeFolders: folders,
      origin: root,
    });
  });

  test('a static library alone', async () => {
    const found = await require(prefix({ ...headers, 'lib64/libXNNPACK.a': archive(elf(243)) }));
    expect(found.shared).toBe(false);
  });

  test.each<readonly [string, Readonly<Record<string, string | Buffer>>, RegExp]>([
    ['no header', { 'lib/libXNNPACK.so': elf(243) }, /has no include\/xnnpack\.h$/],
    ['no pthreadpool', { 'include/xnnpack.h': header }, /has no include\/pthreadpool\.h$/],
    ['no library', headers, /has no lib\/libXNNPACK\.so and no lib\/libXNNPACK\.a$/],
    [
      'too old',
      { ...headers, 'include/xnnpack.h': 'int xnn_one (void); int xnn_two_v2(int);' },
      /holds an XNNPACK that is too old: it has no xnn_two \(2022 and newer do\)$/,
    ],
    ['another machine', { ...headers, 'lib/libXNNPACK.so': elf(62) }, /holds an XNNPACK for x86_64, not for riscv64$/],
    ['no ELF', { ...headers, 'lib/libXNNPACK.so': 'INPUT(x)' }, /holds a library that cannot be read: /],
  ])('%s is one clear line', async (_, files, message) => {
    const error: unknown = await require(prefix(files)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ code: 'tool-missing', message: expect.stringMatching(message) as string });
    expect((error as RemoteError).hints.length).toBeGreaterThan(0);
  });
});
