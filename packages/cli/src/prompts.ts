import type { Prompts } from '@ait-rvv/remote';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks at the terminal; undefined when there is none, or when this runs for a machine. */
export function terminalPrompts(env: Readonly<Record<string, string | undefined>>): Prompts | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY || env['CI'] !== undefined) return undefined;
  return {
    secret: (question) => ask(`${question}: `, true),
    confirm: async (question) => /^y(es)?$/i.test((await ask(`${question} (yes/no) `, false)) ?? ''),
  };
}

/** Reads a line; what is typed for a secret is not shown. Undefined at the end of input or after Ctrl-C. */
function ask(question: string, hidden: boolean): Promise<string | undefined> {
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!hidden) process.stderr.write(chunk);
      done();
    },
  });
  // The terminal stops showing what is typed before anything is asked for.
  const lines = createInterface({ input: process.stdin, output: shown, terminal: true });
  process.stderr.write(question);
  return new Promise((resolve) => {
    const finish = (answer: string | undefined): void => {
      // Closing says `close`, which comes too late to change the answer.
      resolve(answer);
      lines.close();
    };
    lines.once('line', finish);
    lines.once('close', () => {
      if (hidden) process.stderr.write('\n');
      resolve(undefined);
    });
    lines.once('SIGINT', () => finish(undefined));
  });
}
