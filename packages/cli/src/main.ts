import { nearest } from '@ait-rvv/ir';
import { readFileSync } from 'node:fs';
import yargs from 'yargs';
import { COMMANDS } from './commands/index.js';
import { createContext, type Context } from './context.js';
import { EXIT, explain, UsageError } from './failures.js';
import { explainParser } from './parser-failures.js';
import type { Environment } from '@ait-rvv/remote';

/** Runs one command line and returns its exit code; nothing but the result goes to stdout. */
export async function main(argv: readonly string[], env: Environment): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once('SIGINT', interrupt);
  try {
    return await dispatch(argv, createContext(env, abort.signal));
  } catch (error) {
    const { exitCode, lines } = explain(error);
    for (const line of lines) process.stderr.write(`${line}\n`);
    if (argv.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return abort.signal.aborted ? EXIT.interrupted : exitCode;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const [first] = argv;
  const help = argv.includes('--help') || first === undefined || first === 'help';
  const command = COMMANDS.find((one) => one.name === first);
  if (command === undefined && !help && !first.startsWith('-')) throw unknownCommand(first);
  let code: number = EXIT.ok;
  const parser = yargs([...argv])
    .scriptName('ait-rvv')
    .usage('$0 <command> [options]\n\nCompiles neural networks to C programs for RISC-V Vector boards.')
    .exitProcess(false)
    .version(version())
    .help('help')
    .strict()
    .parserConfiguration({
      'duplicate-arguments-array': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
    })
    .option('debug', { type: 'boolean', describe: 'show a stack trace with an error' })
    .wrap(100)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? explainParser(message, command, argv);
    });
  for (const one of COMMANDS) {
    parser.command(
      `${one.name} ${one.positional}`.trim(),
      one.summary,
      (builder) => builder.options(one.options).example(one.example, one.summary),
      async (values) => {
        code = await one.run(values, context);
      },
    );
  }
  if (help && command === undefined) context.print(await parser.getHelp());
  else await parser.parseAsync();
  return code;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

function unknownCommand(name: string): UsageError {
  const guess = nearest(
    name,
    COMMANDS.map((one) => one.name),
  );
  return new UsageError(`there is no command ${JSON.stringify(name.slice(0, 60))}`, [
    guess === undefined ? 'ait-rvv --help lists the commands' : `did you mean ${guess}?`,
  ]);
}
