import { xnnpackBackend } from '@ait-rvv/codegen-xnnpack';
import { importOnnx } from '@ait-rvv/ir/onnx';
import { runProcess, type RunResult } from '@ait-rvv/remote';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFolder, emitGraph, execute, libraryOf, toolchain } from '../../../tools/testing/programs.js';
import { scratchFolder } from '../../../tools/testing/scratch.js';
import { randomInputs } from '../../../tools/testing/tensors.js';

const backend = xnnpackBackend();
const digits = importOnnx(readFileSync(new URL('../../../examples/digits/digits.onnx', import.meta.url)), {
  shapes: new Map([['image', [1, 1, 32, 32]]]),
});
const inputs = randomInputs(digits);

/** The build files as a user has them who has none of our packages: any prefix with a library of this machine. */
let folder: string;
let prefix: string;
let libraries: readonly string[];

beforeAll(async () => {
  folder = emitGraph(digits, { backend });
  const found = await libraryOf({ backend, scalar: true });
  if (found === undefined) throw new Error('no library');
  prefix = found.prefix ?? '/usr';
  libraries = found.runtimeFolders;
});

function fill(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function make(...variables: readonly string[]): Promise<RunResult> {
  const tools = await toolchain();
  const argv = [tools.make, '-C', folder, 'SCALAR=1', `CC=${tools.hostCompiler.join(' ')}`, ...variables];
  return runProcess(argv, { env: { ...process.env, ...tools.env, LC_ALL: 'C' } });
}

/** The last command `make` would run: the one that links the program. */
async function linkLine(...variables: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await make('-n', 'exe', ...variables);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout.split('\n').find((line) => line.includes(' -o build/net ')) ?? '';
}

async function cmake(build: string, ...settings: readonly string[]): Promise<RunResult> {
  const { cmake: command = 'cmake', hostCompiler, make: makeCommand, env } = await toolchain();
  const [compiler = 'cc', ...flags] = hostCompiler;
  const all = [
    'AIT_SCALAR=ON',
    `CMAKE_C_COMPILER=${compiler}`,
    `CMAKE_MAKE_PROGRAM=${makeCommand}`,
    `CMAKE_C_FLAGS=${[...flags, '-Werror'].join(' ')}`,
    ...settings,
  ];
  const argv = [command, '-S', '.', '-B', build, ...all.map((setting) => `-D${setting}`)];
  return runProcess(argv, { cwd: folder, env: { ...process.env, ...env } });
}

describe('make', () => {
  test('a prefix without the header is said in one line', async () => {
    const { stderr, exitCode } = await make('exe', 'XNNPACK_PREFIX=/nonexistent');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/\*\*\* XNNPACK_PREFIX=\/nonexistent has no include\/xnnpack\.h: .*apt-get install.*Stop\./);
  });

  test('without any library the compiler says what to do', async () => {
    const empty = scratchFolder();
    const { hostCompiler, env } = await toolchain();
    const source = 'src/kernels/xnnpack/segment.c';
    const argv = [...hostCompiler, '-nostdinc', '-Iinclude', '-fsyntax-only', source];
    const { stderr } = await runProcess(argv, { cwd: folder, env: { ...process.env, ...env, HOME: empty } });
    expect(stderr).toContain('xnnpack.h is not there: install XNNPACK');
  });

  test('a static library brings what it stands on, a shared one does not', async () => {
    const files = {
      'include/xnnpack.h': '',
      'lib/libXNNPACK.a': '',
      'lib/libcpuinfo.a': '',
      'lib/libmicrokernels-prod.a': '',
    };
    const own = fill(scratchFolder(), files);
    const line = await linkLine(`XNNPACK_PREFIX=${own}`);
    expect(line).toMatch(new RegExp(`-L${own}/lib .*-lXNNPACK +-lmicrokernels-prod -lpthreadpool -lcpuinfo -lm`));
    writeFileSync(join(own, 'lib/libXNNPACK.so'), '');
    expect(await linkLine(`XNNPACK_PREFIX=${own}`)).toMatch(/-lXNNPACK +-lpthreadpool +-lm/);
  });

  test('what pkg-config says goes before what we guess', async () => {
    const tool = join(
      fill(scratchFolder(), {
        'pkg-config': `#!/bin/sh
[ "$1" = --exists ] && exit 0
[ "$1" = --cflags ] && echo -DFROM_PKG_CONFIG
[ "$1" = --libs ] && echo -lfrom-pkg-config
exit 0
`,
      }),
      'pkg-config',
    );
    chmodSync(tool, 0o755);
    expect(await linkLine(`PKG_CONFIG=${tool}`)).toMatch(/ -lfrom-pkg-config -lm$/);
  });

  test('a program linked against a prefix finds it again when it runs', async () => {
    await buildFolder(folder, { backend, scalar: true });
    const { result } = await execute(folder, 'local', inputs);
    expect(result.exitCode).toBe(0);
  });
});

describe('CMake', () => {
  test('builds the same program as make, from a prefix', async () => {
    await buildFolder(folder, { backend, scalar: true });
    const made = (await execute(folder, 'local', inputs)).outputs.get('logits');
    const { stderr, exitCode } = await cmake(
      'cmake',
      `XNNPACK_PREFIX=${prefix}`,
      `CMAKE_LIBRARY_PATH=${libraries.join(';')}`,
    );
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    await built('cmake');
    copyFileSync(join(folder, 'cmake/net'), join(folder, 'build/net'));
    expect((await execute(folder, 'local', inputs)).outputs.get('logits')).toEqual(made);
  });

  test('takes a package that XNNPACK has installed', async () => {
    const config = `find_path(HEADERS xnnpack.h HINTS ${prefix}/include)
find_library(FILE XNNPACK HINTS ${libraries.join(' ')})
find_library(POOL pthreadpool HINTS ${libraries.join(' ')})
add_library(XNNPACK::XNNPACK INTERFACE IMPORTED)
set_target_properties(XNNPACK::XNNPACK PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "\${HEADERS}" INTERFACE_LINK_LIBRARIES "\${FILE};\${POOL}")
`;
    const own = fill(scratchFolder(), { 'lib/cmake/XNNPACK/XNNPACKConfig.cmake': config });
    const { stderr, exitCode } = await cmake('package', `XNNPACK_PREFIX=${own}`);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    await built('package');
  });

  async function built(build: string): Promise<void> {
    const { cmake: command = 'cmake', env } = await toolchain();
    const argv = [command, '--build', build, '-j2'];
    // Libraries that others stand on are found by path here, not by what they say.
    const paths = { LDFLAGS: libraries.map((path) => `-Wl,-rpath-link,${path}`).join(' ') };
    const { stdout, stderr, exitCode } = await runProcess(argv, {
      cwd: folder,
      env: { ...process.env, ...env, ...paths },
    });
    expect({ stderr, exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ stderr: '', exitCode: 0, stdout: '' });
  }
});
