import { chooseToolchainPackages, parseAptSources, readRelease, sourcesList, sourcesOf } from '@ait-rvv/remote';
import { describe, expect, test } from 'vitest';

const STANZAS = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Types: deb
Enabled: no
URIs: http://mirror.example/off
Suites: bookworm
Components: main

Types: deb
URIs: https://third.example/node
Suites: nodistro
Components: main
`;

const LINES = `# deb http://off.example bookworm main
deb [arch=amd64 signed-by=/etc/apt/key.gpg] http://mirror.example/debian bookworm main non-free # the rest
deb-src http://mirror.example/debian bookworm main
deb https://third.example/sdk sdk-bookworm main
`;

const OWN = { distribution: 'debian', codename: 'bookworm' };

describe('apt sources', () => {
  test('of the deb822 form', () => {
    const sources = parseAptSources('debian.sources', STANZAS);
    expect(sourcesList(sourcesOf('bookworm', OWN, sources))).toBe(
      'deb [signed-by=/usr/share/keyrings/archive.gpg] http://mirror.example/debian bookworm main contrib\n' +
        'deb [signed-by=/usr/share/keyrings/archive.gpg] http://mirror.example/debian bookworm-updates main contrib\n',
    );
  });

  test('of the one-line form, for another release of the same mirror', () => {
    const sources = parseAptSources('sources.list', LINES);
    expect(sourcesList(sourcesOf('trixie', OWN, sources))).toBe(
      'deb [signed-by=/etc/apt/key.gpg] http://mirror.example/debian trixie main non-free\n',
    );
  });

  test('the release of a machine', () => {
    expect(readRelease('NAME="Debian"\nID=debian\nVERSION_CODENAME=bookworm\n')).toEqual(OWN);
    expect(readRelease('ID="ubuntu"\n')).toEqual({ distribution: 'ubuntu', codename: 'unknown' });
  });
});

test('packages are chosen by what the release has', async () => {
  const has =
    (...names: string[]) =>
    (name: string) =>
      Promise.resolve(names.includes(name));
  const chosen = await chooseToolchainPackages(has('clang-20', 'clang-18', 'libgcc-13-dev-riscv64-cross'), true);
  expect(chosen).toMatchObject({ clang: 20, gcc: 13 });
  expect(chosen.names).toEqual(
    expect.arrayContaining(['clang-20', 'lld-20', 'qemu-user', 'gcc', 'libclang-rt-20-dev']),
  );
  await expect(chooseToolchainPackages(has('clang-16'), false)).rejects.toMatchObject({
    code: 'tool-missing',
    message: 'this release has no package clang-19, nor another version of it',
  });
});
