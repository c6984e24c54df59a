import { runScript, type BoardShell } from '../shell/board-shell.js';

/** What disturbs a measurement on a machine, as its kernel says; what it does not say is left out. */
export interface Conditions {
  /** Governor by group of cores. */
  readonly governors: Readonly<Record<string, string>>;
  /** Clock by group of cores. */
  readonly kilohertz: Readonly<Record<string, number>>;
  /** Degrees Celsius by thermal zone. */
  readonly celsius: Readonly<Record<string, number>>;
  /** Numbers of the cores that programs may run on. */
  readonly cpus: readonly number[];
  /** Average load of the last minute. */
  readonly load?: number;
  /** Threads that want to run at the moment, that of the question included. */
  readonly running?: number;
}

export async function readConditions(shell: BoardShell): Promise<Conditions> {
  return parseConditions(await runScript(shell, 'say what it is busy with', 'conditions', []));
}

export function parseConditions(text: string): Conditions {
  const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
  const table = (key: string): readonly (readonly [string, string])[] =>
    rows.filter(([first]) => first === key).map(([, name = '', value = '']) => [name, value] as const);
  const numbers = (key: string, scale: number): Record<string, number> =>
    Object.fromEntries(
      table(key)
        .map(([name, value]) => [name, Number(value) / scale] as const)
        .filter(([, value]) => Number.isFinite(value)),
    );
  const single = (key: string): number | undefined => {
    const value = Number(table(key)[0]?.[0] ?? NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const load = single('load');
  const running = single('running');
  return {
    governors: Object.fromEntries(table('governor')),
    kilohertz: numbers('frequency', 1),
    celsius: numbers('temperature', 1000),
    cpus: parseCpuList(table('cpus')[0]?.[0] ?? ''),
    ...(load === undefined ? {} : { load }),
    ...(running === undefined ? {} : { running }),
  };
}

/** `0-3,8` to its numbers. */
export function parseCpuList(text: string): readonly number[] {
  return text.split(',').flatMap((range) => {
    const [, first, last = first] = /^([0-9]{1,4})(?:-([0-9]{1,4}))?$/.exec(range) ?? [];
    if (first === undefined) return [];
    return Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, i) => Number(first) + i);
  });
}

/** Hotter than this, boards slow themselves down. */
const HOT = 80;

/** What makes times measured under these conditions doubtful, a line each. */
export function doubts(before: Conditions, after: Conditions): readonly string[] {
  const slow = Object.entries(after.governors).filter(([, governor]) => governor !== 'performance');
  const hot = Object.entries(after.celsius).filter(([, value]) => value >= HOT);
  const clocks = Object.entries(after.kilohertz).filter(([name, value]) => {
    const earlier = before.kilohertz[name];
    return earlier !== undefined && Math.abs(value - earlier) > 0.01 * earlier;
  });
  return [
    ...slow.map(
      ([name, governor]) =>
        `the governor of ${name} is ${governor}: clocks change (as root: echo performance > /sys/devices/system/cpu/cpufreq/${name}/scaling_governor)`,
    ),
    ...hot.map(([name, value]) => `${name} has ${value.toFixed(0)} degrees: the board may slow itself down`),
    ...clocks.map(
      ([name, value]) => `the clock of ${name} went from ${mhz(before.kilohertz[name] ?? 0)} to ${mhz(value)}`,
    ),
    ...(before.load !== undefined && before.load > 0.5 ? [`the board was busy before (load ${before.load})`] : []),
  ];
}

function mhz(kilohertz: number): string {
  return `${Math.round(kilohertz / 1000)} MHz`;
}
