import { spawn } from 'node:child_process';
import { collectOutput, runProcess, type RunResult } from '../process.js';
import { FirstLine } from './first-line.js';
import type { BoardShell, OpenScript, ScriptOptions } from './board-shell.js';
import { scriptArgv, type BoardScript } from './scripts.js';

const SCRIPT_MS = 60_000;

/** This machine, when it is what programs run on. */
export function localShell(): BoardShell {
  return {
    name: 'this machine',
    run: (script: BoardScript, args: readonly string[], options: ScriptOptions = {}) =>
      runProcess(scriptArgv(script, args), { timeoutMs: SCRIPT_MS, ...options }),
    open: (script, args) => Promise.resolve(openScript(scriptArgv(script, args))),
  };
}

function openScript([command = '', ...args]: readonly string[]): OpenScript {
  const child = spawn(command, args, { stdio: 'pipe' });
  const first = new FirstLine();
  const stdout = collectOutput(child.stdout, first.listen);
  const stderr = collectOutput(child.stderr);
  const ended = new Promise<RunResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, stdout: stdout(), stderr: stderr(), timedOut: false }),
    );
  });
  child.stdin.on('error', () => undefined);
  return {
    firstLine: first.before(ended),
    ended,
    send: (next) => void child.stdin.write(`${next}\n`),
    end: () => child.stdin.end(),
  };
}
