import { createInterface } from 'node:readline/promises';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';

/** Throws a CliError with exit code 11 where nobody can be asked: a script must say `--force`, there is no silent yes. */
export const checkCanAsk = ({ stdin, stderr }: CliContext): void => {
  if (stdin.isTTY === true && stderr.isTTY === true) return;
  throw new CliError(
    ExitCode.refused,
    'refused: this asks for a confirmation, and there is no terminal to ask on. In a script say --force; --plan or --dry-run, where the verb has it, shows what would be done. Nothing was requested, nothing was touched.',
  );
};

interface Question {
  readonly text: string;
  /** What must be typed, to the letter. */
  readonly answer: string;
}

/** Asks on the terminal. Throws a CliError with exit code 11 for any other answer, Ended after Ctrl-C. */
export const confirm = async (context: CliContext, { text, answer }: Question): Promise<void> => {
  context.stderr.write(`${text} `);
  const typed = await nextLine(context);
  if (typed === undefined) context.stderr.write('\n');
  if (context.signal.reason instanceof Interrupted)
    throw new Ended(ExitCode.interrupted, 'Nothing was touched.');
  context.signal.throwIfAborted();
  if (typed?.trim() === answer) return;
  throw new CliError(
    ExitCode.refused,
    `refused: that is not "${answer}". Nothing was requested, nothing was touched.`,
  );
};

/** Undefined at the end of the input. The terminal itself edits the line and knows Ctrl-C. */
const nextLine = async ({ stdin, signal }: CliContext): Promise<string | undefined> => {
  const lines = createInterface({ input: stdin, terminal: false, signal });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
  }
};
