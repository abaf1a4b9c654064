import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';
import { ExitCode } from './exit-code.js';

/** The log takes no larger event. */
const LIMIT = 1024 * 1024;

/** JSON from the argument itself, from the file that `@file` names, or from stdin for `-`. Throws a CliError with exit code 2. */
export const jsonArgument = async (context: CliContext, argument: string): Promise<unknown> => {
  const where = sourceOf(argument);
  try {
    return JSON.parse(await textOf(context, argument));
  } catch (error) {
    context.signal.throwIfAborted();
    throw new CliError(ExitCode.usage, `${where} is not usable: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const sourceOf = (argument: string): string => {
  if (argument === '-') return 'the JSON on stdin';
  return argument.startsWith('@') ? `the JSON in ${argument.slice(1)}` : 'the JSON of --data';
};

const textOf = async ({ stdin, signal }: CliContext, argument: string): Promise<string> => {
  if (argument === '-') return wholeText(stdin, signal);
  if (!argument.startsWith('@')) return argument;
  await using file = await open(argument.slice(1));
  return await wholeText(file.createReadStream({ autoClose: false }), signal);
};

const wholeText = async (source: Readable, signal: AbortSignal): Promise<string> => {
  const abort = () => source.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  let text = '';
  try {
    for await (const chunk of source.setEncoding('utf8')) {
      text += String(chunk);
      if (text.length > LIMIT) throw new Error('it is larger than 1 MiB');
    }
    return text;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
