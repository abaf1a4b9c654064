import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { type Exported, linesOfLog } from '../log-file/format.js';
import { writeNewFile } from '../log-file/new-file.js';
import { openLog } from '../open-log.js';
import { printPiece, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { countText } from '../views/figures.js';

interface Options {
  readonly output?: string;
}

/** `export-log`: the whole event log as a file that `import-log` reads. */
export const addExportLog = (program: Command, context: CliContext): void => {
  program
    .command('export-log')
    .summary('write the whole event log to a file')
    .description(
      'Writes the whole event log as NDJSON: a line for each fact, as it is stored, with its place and time; the last line holds their number and a digest, so that a file that was cut short or changed is found out. It holds no secrets, and no records.',
    )
    .option('-o, --output <file>', 'a new file; it gets its name when it is whole. Default: stdout')
    .addHelpText(
      'after',
      verbHelp(['export-log --output log.ndjson', 'export-log | gzip > log.ndjson.gz'], {
        done: true,
        failed: 'the event log cannot be read, or the file cannot be written',
        usage: true,
        refused: 'there is such a file already',
        interrupted: true,
      }),
    )
    .action((options: Options) => exportLog(context, options));
};

const exportLog = async (context: CliContext, { output }: Options): Promise<void> => {
  await using open = await openLog(context);
  const { signal } = context;
  const lines = () => batched(linesOfLog(open.log.entries({ signal })));
  if (output === undefined) {
    await written(lines(), (text) => printPiece(context, text));
    return;
  }
  const { events } = await writeNewFile(output, (write) => written(lines(), write));
  say(context, `${countText(events, 'fact')} of the event log written to ${output}`);
};

const written = async (
  pieces: AsyncGenerator<string, Exported>,
  write: (text: string) => Promise<void>,
): Promise<Exported> => {
  for (;;) {
    const next = await pieces.next();
    if (next.done) return next.value;
    await write(next.value);
  }
};

const pieceLength = 64 * 1024;

/** Many lines at a time: a system call for each would take longer than all the rest. */
async function* batched(lines: AsyncGenerator<string, Exported>): AsyncGenerator<string, Exported> {
  let piece = '';
  for (;;) {
    const next = await lines.next();
    if (!next.done) piece += next.value;
    if (piece.length >= pieceLength || next.done) {
      yield piece;
      piece = '';
    }
    if (next.done) return next.value;
  }
}
