import { ConfigError } from '@nocodb-backup/service';
import { type Command, CommanderError } from 'commander';
import { CliError, Ended, Interrupted, OutputClosed } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** Runs the program with the arguments after its name. Tells errors on stderr and answers the exit code; never throws. */
export const run = async (
  program: Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> => {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return ExitCode.done;
  } catch (error) {
    const text = errorText(error, env.LOG_LEVEL);
    if (text !== undefined) program.configureOutput().writeErr?.(`${text}\n`);
    return exitCodeOf(error);
  }
};

/** The exit code of what a verb threw. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof CliError || error instanceof Ended) return error.exitCode;
  if (error instanceof ConfigError) return ExitCode.usage;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  if (error instanceof Interrupted) return ExitCode.interrupted;
  return error instanceof OutputClosed ? ExitCode.done : ExitCode.failed;
};

/** What a person is told; undefined when everything has been said. The stack is for LOG_LEVEL=debug. */
const errorText = (error: unknown, level = 'info'): string | undefined => {
  if (error instanceof Ended) return error.farewell;
  if (isSaid(error)) return undefined;
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const wantsStack = ['debug', 'trace'].includes(level.toLowerCase());
  return blotted(`error: ${wantsStack ? (error.stack ?? error.message) : error.message}`);
};

/** Commander has told its own; who presses Ctrl-C, or closes the output, knows. */
const isSaid = (error: unknown): boolean =>
  [CommanderError, OutputClosed, Interrupted].some((kind) => error instanceof kind);

/** Passwords in URLs are nobody's business, whoever put them into an error. */
const blotted = (text: string): string => text.replaceAll(/(\/\/[^/\s:@]*:)[^/\s@]+@/g, '$1***@');
