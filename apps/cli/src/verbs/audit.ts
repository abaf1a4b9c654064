import { foldRestore } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import type { Command } from 'commander';
import { backupStory } from '../audit/backup-story.js';
import { restoreStory } from '../audit/restoring.js';
import type { Sentence } from '../audit/telling.js';
import { checkedId } from '../backup-id.js';
import { colorsOf, type CliContext } from '../context.js';
import { openLog } from '../open-log.js';
import { print, printJson } from '../print.js';
import { readFacts } from '../read-backups.js';
import { everyRestoreOf, readRestoreFacts } from '../read-restores.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { timeText } from '../views/figures.js';

interface Options {
  readonly json?: true;
}

/** `audit <id>`: what happened to one backup or restore, and who did it, in sentences. */
export const addAudit = (program: Command, context: CliContext): void => {
  program
    .command('audit')
    .summary('tell the story of one backup, or of one restore, in sentences')
    .description(
      'Tells what happened to one backup, by the event log: who asked for it, when each part ran and for how long, where it went, what was warned of, who verified, pinned, fetched, restored or deleted it, and why it expired. For the id of a restore: what was planned, done and left out. Times are UTC.',
    )
    .argument('<id>', 'id of a backup or of a restore, such as 2026-02-05_05-15-00')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(
        ['audit 2026-02-05_05-15-00', "audit 2026-02-05_05-15-00 --json | jq -r '.sentences[].text'"],
        {
          done: true,
          failed: 'the event log cannot be read',
          usage: true,
          unknownBackup: 'the event log knows nothing about the id',
        },
      ),
    )
    .action((id: string, options: Options) => audit(context, id, options));
};

const audit = async (context: CliContext, id: string, { json }: Options): Promise<void> => {
  await using open = await openLog(context);
  const story = await storyOf(context, open.log, checkedId(id));
  if (story.sentences.length === 0) throw unknownBackup(id, 'the event log knows nothing about it');
  if (json) {
    await printJson(context, { id, ...story });
    return;
  }
  const colors = colorsOf(context.stdout);
  const lines = story.sentences.map(({ time, text }) => `${colors.dim(timeText(time))}  ${text}`);
  await print(
    context,
    [colors.bold(`${story.about === 'backup' ? 'Backup' : 'Restore'} ${id}`), ...lines].join('\n'),
  );
};

interface Story {
  readonly about: 'backup' | 'restore';
  readonly sentences: readonly Sentence[];
}

const storyOf = async (context: CliContext, log: EventLog, id: string): Promise<Story> => {
  const { signal } = context;
  const facts = await readFacts(log, id, signal);
  if (facts.length === 0) {
    const restored = await readRestoreFacts(log, id, signal);
    return { about: 'restore', sentences: foldRestore(restored) ? restoreStory(restored) : [] };
  }
  const restores = await everyRestoreOf(log, id, { signal });
  return { about: 'backup', sentences: backupStory(facts, restores, context.now()) };
};
