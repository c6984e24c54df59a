import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { toolchainPackages } from './packages.mjs';
import { run, say, SetupError } from './say.mjs';
import { CLANG_VERSIONS, onPath } from './toolchain.mjs';

/**
 * Unpacks the toolchain's packages into the cache, without root: a private apt reads the machine's own sources (the
 * entries of its release), checks the signatures, downloads, and dpkg unpacks. Put in place as a whole at the end.
 */
export function installAsUser(cache) {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'toolchain-part-'));
  try {
    const apt = privateApt(work);
    apt('apt-get', ['update']);
    const available = (name) => /Candidate: (?!\(none\))/.test(apt('apt-cache', ['policy', name]));
    const needsHost = onPath('cc') === undefined && onPath('gcc') === undefined;
    // Without a compiler of its own the machine is served by clang, sanitizers included.
    const host = (clang) => (needsHost ? ['gcc', 'libc6-dev', `libclang-rt-${clang}-dev`] : []);
    const packages = toolchainPackages(CLANG_VERSIONS, available, host);
    apt('apt-get', ['install', '-y', '--no-install-recommends', '--download-only', ...packages.names]);
    unpack(work, join(work, 'root'));
    const place = join(cache, 'toolchain');
    rmSync(place, { recursive: true, force: true });
    renameSync(join(work, 'root'), place);
    const description = JSON.stringify(describe(place, packages, needsHost), null, 2);
    writeFileSync(join(work, 'toolchain.json'), `${description}\n`);
    renameSync(join(work, 'toolchain.json'), join(cache, 'toolchain.json'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** apt with state, cache and sources of its own, as if nothing were installed. */
function privateApt(work) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'sources', 'log'])
    mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, 'status'), '');
  writeFileSync(join(work, 'sources', 'release.list'), ownSources());
  const options = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Log': join(work, 'log'),
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(work, 'sources'),
    'APT::Sandbox::User': '',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  return (command, args) => run(command, [...flags, ...args], { env });
}

/** The machine's own apt entries of its release, third parties left out, in the one-line form. */
function ownSources() {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const ours = (suite) => suite === codename || suite.startsWith(`${codename}-`);
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const lines = files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return file.endsWith('.sources') ? deb822(text, ours) : oneLine(text, ours);
    });
  if (lines.length === 0) throw new SetupError(`apt has no sources for ${codename ?? 'this release'}`);
  return `${lines.join('\n')}\n`;
}

function deb822(text, ours) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
    const field = (name) =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim() ?? '';
    const words = (name) =>
      field(name)
        .split(/\s+/)
        .filter((word) => word !== '');
    if (!words('types').includes('deb') || field('enabled') === 'no') return [];
    const signed = field('signed-by').startsWith('/') ? `[signed-by=${field('signed-by')}] ` : '';
    return words('uris').flatMap((uri) =>
      words('suites')
        .filter(ours)
        .map((suite) => `deb ${signed}${uri} ${suite} ${words('components').join(' ')}`),
    );
  });
}

function oneLine(text, ours) {
  return text.split('\n').filter((line) => {
    const match = /^deb\s+(?:\[[^\]]*\]\s+)?\S+\s+(\S+)/.exec(line);
    return match !== null && ours(match[1]);
  });
}

/** Everything but the C library of this machine, which must stay its own, and dpkg. */
function unpack(work, root) {
  const archives = join(work, 'cache', 'archives');
  const names = readdirSync(archives).filter((name) => name.endsWith('.deb') && !/^(libc6|libc-bin|dpkg)_/.test(name));
  say(`unpacking ${names.length} packages`);
  mkdirSync(root, { recursive: true });
  for (const name of names) run('dpkg', ['-x', join(archives, name), root]);
}

/** toolchain.json, as packages/remote reads it. */
function describe(root, { clang, gcc }, needsHost) {
  const llvm = join(root, 'usr/lib', `llvm-${clang}`);
  const machine = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const compiler = join(llvm, 'bin/clang');
  return {
    compiler: [
      compiler,
      '--target=riscv64-linux-gnu',
      `--sysroot=${join(root, 'usr/riscv64-linux-gnu')}`,
      `--gcc-install-dir=${join(root, 'usr/lib/gcc-cross/riscv64-linux-gnu', String(gcc))}`,
    ],
    linkFlags: [`-fuse-ld=${join(llvm, 'bin/ld.lld')}`, '-static'],
    emulator: [join(root, 'usr/bin/qemu-riscv64')],
    make: onPath('make') ?? join(root, 'usr/bin/make'),
    cmake: onPath('cmake') ?? join(root, 'usr/bin/cmake'),
    hostCompiler: needsHost ? [compiler, `--sysroot=${root}`] : [onPath('cc') ?? onPath('gcc')],
    env: { LD_LIBRARY_PATH: `${join(llvm, 'lib')}:${join(root, 'usr/lib', machine)}` },
  };
}
