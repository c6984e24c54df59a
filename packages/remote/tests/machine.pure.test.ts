import {
  boardCompilers,
  checkBoard,
  chooseCompiler,
  doubts,
  installCommand,
  isaExtensions,
  parseConditions,
  parseCpuList,
  requireCompiler,
  requireFit,
  type BoardFacts,
  type Fingerprint,
} from '@ait-rvv/remote';
import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprints.js';

describe('a program fits a board', () => {
  const fits =
    (march: string, more: Partial<Fingerprint> = {}) =>
    () =>
      requireFit('bpi', fingerprint(more), march);

  test.each(['rv64gcv', 'rv64gc', 'rv64gcv_zvl256b', 'rv64gcv_zvfh_zba', 'rv64gc_zicsr_zve64d'])('%s', (march) => {
    expect(fits(march)).not.toThrow();
  });

  test('or is refused with all that is missing', () => {
    expect(fits('rv64gcv_zvl512b_zvfh_zfh', { vlen: 128, extensions: ['v'] })).toThrow(
      'bpi cannot run what was compiled for rv64gcv_zvl512b_zvfh_zfh: its vectors have 128 bits, 512 are needed, it has no zvfh, it has no zfh',
    );
    expect(fits('rv64gcv', { vlen: 0 })).toThrow('it has no vector unit');
    expect(fits('rv64gc_zve64d', { vlen: 0 })).toThrow('it has no vector unit');
    expect(fits('rv64gcbv_zicond_xventana')).toThrow('it has no zbs, it has no zicond, it has no xventana');
  });
});

test('extensions of an ISA line', () => {
  expect(isaExtensions('rv64imafdcv_zicbom_zvl256b')).toEqual(['i', 'm', 'a', 'f', 'd', 'c', 'v', 'zicbom', 'zvl256b']);
  expect(isaExtensions('RV64GCV')).toEqual(['i', 'm', 'a', 'f', 'd', 'c', 'v']);
  expect(isaExtensions('')).toEqual([]);
});

describe('compilers', () => {
  const of = (...versions: readonly (readonly [string, string])[]) => ({
    compilers: versions.map(([name, version]) => ({ name, version })),
  });

  test('are known by their version line', () => {
    const found = of(
      ['clang', 'Ubuntu clang version 18.1.3 (1ubuntu1)'],
      ['gcc', 'gcc (Bianbu 13.2.0-23) 13.2.0'],
      ['gcc-14', 'riscv64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0'],
      ['cc', 'cc (GCC) 14.2.1 20240801 (Red Hat 14.2.1-1)'],
      ['gcc-16', ''],
    );
    expect(boardCompilers(found).map(({ kind, major }) => `${kind} ${major}`)).toEqual([
      'clang 18',
      'gcc 13',
      'gcc 14',
      'gcc 14',
    ]);
    expect(chooseCompiler(found)?.name).toBe('clang');
  });

  test('clang comes first; one that is too old is not taken', () => {
    expect(
      chooseCompiler(of(['clang', 'clang version 16.0.6'], ['gcc-14', 'gcc-14 (Debian 14.2.0-19) 14.2.0']))?.name,
    ).toBe('gcc-14');
    expect(
      chooseCompiler(of(['clang', 'clang version 16.0.6'], ['gcc', 'gcc (Debian 13.2.0) 13.2.0'])),
    ).toBeUndefined();
  });

  test('that are missing are named with the command that installs one', () => {
    const { compilers } = of(['gcc', 'gcc (Debian 12.2.0-14) 12.2.0']);
    const board = fingerprint({ compilers, tools: [], distribution: 'fedora' });
    expect(() => requireCompiler('bpi', board)).toThrow(
      expect.objectContaining({
        code: 'tool-missing',
        message: 'bpi cannot compile: it needs clang 17 or gcc 14, or newer',
        hints: ['it has gcc 12', 'on the board: sudo dnf install clang make'],
      }) as Error,
    );
  });
});

test.each([
  ['debian', '', 'sudo apt-get install util-linux make'],
  ['bianbu', 'debian', 'sudo apt-get install util-linux make'],
  ['ubuntu', 'debian', 'sudo apt-get install util-linux make'],
  ['raspbian', 'debian', 'sudo apt-get install util-linux make'],
  ['fedora', '', 'sudo dnf install util-linux make'],
  ['openEuler', '', 'sudo dnf install util-linux make'],
  ['arch', '', 'sudo pacman -S util-linux make'],
  ['opensuse-tumbleweed', 'opensuse suse', 'sudo zypper install util-linux make'],
  ['alpine', '', 'sudo apk add flock make'],
  ['buildroot', '', 'install flock make'],
])('on %s (like %j) tools are installed with %s', (distribution, like, command) => {
  expect(installCommand({ distribution, like }, ['flock', 'make'])).toBe(command);
});

describe('conditions', () => {
  const text = `governor policy0 ondemand
frequency policy0 1600000
temperature thermal_zone0 81000
temperature thermal_zone1 nonsense
cpus 0-3,6
load 0.03
running 1
`;

  test('are read', () => {
    expect(parseConditions(text)).toEqual({
      governors: { policy0: 'ondemand' },
      kilohertz: { policy0: 1_600_000 },
      celsius: { thermal_zone0: 81 },
      cpus: [0, 1, 2, 3, 6],
      load: 0.03,
      running: 1,
    });
    expect(parseConditions('')).toEqual({ governors: {}, kilohertz: {}, celsius: {}, cpus: [] });
    expect(parseCpuList('7,x,3-1')).toEqual([7]);
  });

  test('that disturb a measurement are said', () => {
    const before = parseConditions(text);
    const after = parseConditions(text.replace('1600000', '1200000'));
    expect(doubts(before, after)).toEqual([
      'the governor of policy0 is ondemand: clocks change (as root: echo performance > /sys/devices/system/cpu/cpufreq/policy0/scaling_governor)',
      'thermal_zone0 has 81 degrees: the board may slow itself down',
      'the clock of policy0 went from 1600 MHz to 1200 MHz',
    ]);
    const calm = parseConditions(text.replace('ondemand', 'performance').replace('81000', '50000'));
    expect(doubts(calm, calm)).toEqual([]);
    expect(doubts({ ...calm, load: 2 }, calm)).toEqual(['the board was busy before (load 2)']);
  });
});

describe('the check of a board', () => {
  const facts = (more: Partial<BoardFacts> = {}): BoardFacts => ({
    fingerprint: fingerprint(),
    conditions: parseConditions('governor policy0 performance\n'),
    quoting: true,
    way: 'sftp',
    folder: '/home/me/.cache/ait-rvv',
    freeKilobytes: 10_000_000,
    ...more,
  });
  const bad = (given: BoardFacts) => checkBoard(given).filter(({ state }) => state !== 'ok');

  test('finds nothing to mend on a board that has everything', () => {
    expect(bad(facts())).toEqual([]);
  });

  test('says for each thing how to mend it', () => {
    const board = fingerprint({
      vlen: 0,
      tools: ['dd', 'stat', 'timeout', 'sha256sum', 'setsid'],
      compilers: [],
      clockAhead: -1_700_000_000,
      cycles: 'Permission denied',
    });
    const found = bad(
      facts({
        fingerprint: board,
        quoting: false,
        way: 'channel',
        freeKilobytes: 1000,
        conditions: parseConditions('governor policy0 schedutil\n'),
      }),
    );
    expect(found.map(({ name, state, fix }) => [name, state, fix])).toEqual([
      [
        'vector unit',
        'missing',
        'use a kernel with vector support (6.5 or newer, CONFIG_RISCV_ISA_V), or compile with make SCALAR=1',
      ],
      ['login shell', 'missing', 'sudo chsh -s /bin/sh bianbu'],
      ['flock', 'missing', 'sudo apt-get install util-linux'],
      ['transfer', 'advice', 'sudo apt-get install openssh-sftp-server'],
      ['disk', 'missing', 'ait-rvv device clean, or add the board with --folder on another disk'],
      ['compiler', 'advice', 'sudo apt-get install clang make'],
      ['clock', 'advice', 'sudo timedatectl set-ntp true'],
      ['cycles', 'advice', 'sudo sysctl kernel.perf_event_paranoid=2'],
      ['governor', 'advice', 'echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor'],
    ]);
  });
});
