import { nearest } from '@ait-rvv/ir';
import yargs, { type Argv } from 'yargs';
import type { Command, CommandContext, Values } from './command.js';
import { EXIT, explain, UsageError, type Explain } from './failures.js';
import { explainParser } from './parser-failures.js';

/** A program with commands: `ait-rvv compile …`. */
export interface Program<C extends CommandContext> {
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly commands: readonly Command<C>[];
  /** Errors of packages this one does not know. */
  readonly explain?: Explain;
}

/** Runs one command line and returns its exit code; nothing but the result goes to stdout. */
export function runProgram<C extends CommandContext>(
  program: Program<C>,
  argv: readonly string[],
  context: C,
): Promise<number> {
  return reporting(argv, context, program.explain, () => dispatch(program, argv, context));
}

/** Runs a program that is one command by itself: `ait-rvv-prune model.onnx …`. */
export function runCommand<C extends CommandContext>(
  { name, version }: Pick<Program<C>, 'name' | 'version'>,
  command: Command<C>,
  argv: readonly string[],
  context: C,
): Promise<number> {
  return reporting(argv, context, undefined, async () => {
    let code: number = EXIT.ok;
    const parser = configured(yargs([...argv]), { name, version, called: name }, command, argv).command(
      `$0 ${command.positional}`,
      command.summary,
      (builder) => builder.options(command.options).example(command.example, command.summary),
      async (values) => {
        code = await command.run(settled(values, command), context);
      },
    );
    await parser.parseAsync();
    return code;
  });
}

async function dispatch<C extends CommandContext>(
  { name, summary, version, commands }: Program<C>,
  argv: readonly string[],
  context: C,
): Promise<number> {
  const [first] = argv;
  const help = argv.includes('--help') || first === undefined || first === 'help';
  const command = commands.find((one) => one.name === first);
  if (command === undefined && !help && !first.startsWith('-')) throw unknownCommand(first, name, commands);
  let code: number = EXIT.ok;
  const called = command === undefined ? name : `${name} ${command.name}`;
  const parser = configured(yargs([...argv]), { name, version, called }, command, argv).usage(
    `$0 <command> [options]\n\n${summary}`,
  );
  for (const one of commands) {
    parser.command(
      `${one.name} ${one.positional}`.trim(),
      one.summary,
      (builder) => builder.options(one.options).example(one.example, one.summary),
      async (values) => {
        code = await one.run(settled(values, one), context);
      },
    );
  }
  if (help && command === undefined) context.print(await parser.getHelp());
  else await parser.parseAsync();
  return code;
}

/** The values with the last of an option that was given several times but takes one value. */
function settled<C extends CommandContext>(values: Values, { options }: Command<C>): Values {
  const several = Object.entries(options).flatMap(([name, { array, alias }]) => (array === true ? [name, alias] : []));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const one = Array.isArray(value) && name !== '_' && !several.flat().includes(name);
      return [name, one ? (value.at(-1) as unknown) : value];
    }),
  );
}

function configured<C extends CommandContext>(
  parser: Argv,
  { name, version, called }: { readonly name: string; readonly version: string; readonly called: string },
  command: Command<C> | undefined,
  argv: readonly string[],
): Argv {
  return parser
    .scriptName(name)
    .exitProcess(false)
    .version(version)
    .help('help')
    .strict()
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
    })
    .option('debug', { type: 'boolean', describe: 'show a stack trace with an error' })
    .wrap(100)
    .fail((message: string, error: Error | undefined) => {
      throw error ?? explainParser(message, command, called, argv);
    });
}

async function reporting(
  argv: readonly string[],
  context: CommandContext,
  more: Explain | undefined,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const { exitCode, lines } = explain(error, more);
    for (const line of lines) context.log(line);
    if (argv.includes('--debug') && error instanceof Error) context.log(error.stack ?? '');
    return context.signal.aborted ? EXIT.interrupted : exitCode;
  }
}

function unknownCommand(wish: string, name: string, commands: readonly { readonly name: string }[]): UsageError {
  const guess = nearest(
    wish,
    commands.map((one) => one.name),
  );
  return new UsageError(`there is no command ${JSON.stringify(wish.slice(0, 60))}`, [
    guess === undefined ? `${name} --help lists the commands` : `did you mean ${guess}?`,
  ]);
}
