import { requireFit } from './fit.js';
import { boardCompilers, chooseCompiler } from './compiler.js';
import { installCommand } from './distribution.js';
import type { Conditions } from './conditions.js';
import type { Fingerprint } from './fingerprint.js';

/** One thing that a board needs, or is better with. */
export interface BoardFinding {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'advice';
  /** What was found. */
  readonly text: string;
  /** The command that mends it, on the board. */
  readonly fix?: string;
}

export interface BoardFacts {
  readonly fingerprint: Fingerprint;
  readonly conditions: Conditions;
  /** Whether the login shell hands over arguments unchanged. */
  readonly quoting: boolean;
  /** How files travel. */
  readonly way: 'sftp' | 'channel';
  readonly folder: string;
  readonly freeKilobytes: number;
}

/** Tools that scripts of ours use. */
const TOOLS = ['setsid', 'timeout', 'flock', 'sha256sum', 'stat', 'dd'] as const;
const LEAST_FREE_KILOBYTES = 200_000;
/** Seconds two clocks may be apart before file times confuse make. */
const CLOCK_SLACK = 60;

/** What works on a board and what is missing, in the order a user would mend it. */
export function checkBoard(facts: BoardFacts): readonly BoardFinding[] {
  return [
    checkMachine(facts.fingerprint),
    checkVector(facts.fingerprint),
    checkShell(facts),
    ...checkTools(facts.fingerprint),
    checkTransfer(facts),
    checkDisk(facts),
    checkCompiler(facts.fingerprint),
    checkClock(facts.fingerprint),
    checkCycles(facts.fingerprint),
    ...checkGovernors(facts.conditions),
  ];
}

function finding(name: string, good: boolean, text: string, fix: string, bad: 'missing' | 'advice'): BoardFinding {
  return good ? { name, state: 'ok', text } : { name, state: bad, text, fix };
}

function checkMachine({ machine, system, kernel, model, cores }: Fingerprint): BoardFinding {
  const text = `${model === '' ? machine : `${model} (${machine})`}, ${cores} core${cores === 1 ? '' : 's'}, ${system} ${kernel}`;
  return { name: 'machine', state: system === 'Linux' ? 'ok' : 'missing', text };
}

function checkVector(fingerprint: Fingerprint): BoardFinding {
  try {
    requireFit('it', fingerprint, 'rv64gcv');
    return { name: 'vector unit', state: 'ok', text: `VLEN ${fingerprint.vlen}` };
  } catch {
    const text = fingerprint.vlen === 0 ? 'there is no RVV 1.0 unit that the kernel shows' : `VLEN ${fingerprint.vlen}`;
    const fix = 'use a kernel with vector support (6.5 or newer, CONFIG_RISCV_ISA_V), or compile with make SCALAR=1';
    return { name: 'vector unit', state: 'missing', text, fix };
  }
}

function checkShell({ quoting, fingerprint }: BoardFacts): BoardFinding {
  const text = quoting ? 'hands over arguments unchanged' : 'changes arguments';
  return finding('login shell', quoting, text, `sudo chsh -s /bin/sh ${fingerprint.user}`, 'missing');
}

function checkTools(fingerprint: Fingerprint): readonly BoardFinding[] {
  const missing = TOOLS.filter((tool) => !fingerprint.tools.includes(tool));
  if (missing.length === 0) return [{ name: 'tools', state: 'ok', text: TOOLS.join(', ') }];
  return missing.map((tool) => ({
    name: tool,
    state: 'missing',
    text: 'is not there',
    fix: installCommand(fingerprint, [tool]),
  }));
}

function checkTransfer({ way, fingerprint }: BoardFacts): BoardFinding {
  const text = way === 'sftp' ? 'sftp' : 'no sftp: files go over plain channels';
  return finding('transfer', way === 'sftp', text, installCommand(fingerprint, ['sftp']), 'advice');
}

function checkDisk({ freeKilobytes, folder }: BoardFacts): BoardFinding {
  const text = `${Math.floor(freeKilobytes / 1000)} MB free in ${folder}`;
  const fix = 'ait-rvv device clean, or add the board with --folder on another disk';
  return finding('disk', freeKilobytes >= LEAST_FREE_KILOBYTES, text, fix, 'missing');
}

function checkCompiler(fingerprint: Fingerprint): BoardFinding {
  const compiler = chooseCompiler(fingerprint);
  const found = boardCompilers(fingerprint).map(({ kind, major }) => `${kind} ${major}`);
  const make = fingerprint.tools.includes('make');
  const good = compiler !== undefined && make;
  const text = good
    ? `${compiler.name} (${compiler.kind} ${compiler.major}) and make`
    : `${found.length === 0 ? 'no C compiler' : found.join(', ')}${make ? '' : ', no make'}; needed for --build remote only`;
  const wanted = [...(compiler === undefined ? ['clang'] : []), ...(make ? [] : ['make'])];
  return finding('compiler', good, text, installCommand(fingerprint, wanted), 'advice');
}

function checkClock({ clockAhead }: Fingerprint): BoardFinding {
  const good = Math.abs(clockAhead) <= CLOCK_SLACK;
  const text = good ? 'agrees with ours' : `${Math.abs(clockAhead)} s ${clockAhead > 0 ? 'ahead of' : 'behind'} ours`;
  return finding('clock', good, text, 'sudo timedatectl set-ntp true', 'advice');
}

function checkCycles({ cycles }: Fingerprint): BoardFinding {
  const good = cycles === 'perf_event';
  const text = good ? 'can be counted' : `cannot be counted (${cycles}); times are taken instead`;
  const fix = /permi/i.test(cycles)
    ? 'sudo sysctl kernel.perf_event_paranoid=2'
    : "use a kernel with the processor's counters (CONFIG_PERF_EVENTS, CONFIG_RISCV_PMU_SBI)";
  return finding('cycles', good, text, fix, 'advice');
}

function checkGovernors({ governors }: Conditions): readonly BoardFinding[] {
  const names = Object.keys(governors);
  if (names.length === 0) return [];
  const slow = names.filter((name) => governors[name] !== 'performance');
  const text = [...new Set(Object.values(governors))].join(', ');
  const fix = 'echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor';
  return [finding('governor', slow.length === 0, text, fix, 'advice')];
}
