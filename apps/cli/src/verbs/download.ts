import { backupIdOf } from '@nocodb-backup/backup';
import { DownloadRequested } from '@nocodb-backup/events';
import type { Command } from 'commander';
import { appendInFreeSecond } from '../append-in-free-second.js';
import { checkedId } from '../backup-id.js';
import { CliError, Ended } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { type Answer, answersTo } from '../keeping/answers.js';
import { knownOne, type KnownOne } from '../keeping/known-one.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { countText, sizeText } from '../views/figures.js';

interface Options {
  readonly json?: true;
}

/** `download <id>`: a backup of the bucket is fetched into the local directory. */
export const addDownload = (program: Command, context: CliContext): void => {
  program
    .command('download')
    .summary('fetch a backup from S3 into the local directory')
    .description(
      'Fetches a backup from S3 into NOCODB_BACKUP_DIR, every file compared with its digest. What is there whole is not fetched again. A restore does not need it: it reads from S3 what does not lie here. Retention leaves the copy alone for seven days.',
    )
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['download 2026-02-05_05-15-00'], {
        done: 'it lies in the local directory',
        failed: 'it could not be fetched whole; it says why',
        usage: true,
        unknownBackup: true,
        interrupted: 'detached by Ctrl-C; the download goes on',
      }),
    )
    .action((id: string, options: Options) => download(context, id, options));
};

const download = async (context: CliContext, id: string, { json }: Options): Promise<void> => {
  await using open = await openLog(context);
  checkThere(checkedId(id), await knownOne(context, open.log, id));
  const at = (instant: Date) =>
    DownloadRequested({ backupId: id, n: backupIdOf(instant), requestedBy: context.person });
  const wish = { noun: 'download', instant: context.now(), at } as const;
  const request = await appendInFreeSecond(open.log, wish, context.signal);
  say(context, `download of backup ${id} is requested`);
  const asked = { id, from: request.sequence, keys: [request.data.n], noun: 'download' } as const;
  const [answer] = await answersTo(context, open, asked);
  if (answer?.type !== 'Downloaded') throw failed(id, answer);
  const { files, bytes, seconds } = answer.data;
  await (json
    ? printJson(context, { id, files, bytes, seconds })
    : print(context, `${id} lies in the local directory: ${countText(files, 'file')}, ${sizeText(bytes)}`));
};

/** What the log does not know may lie in the bucket all the same; and where it lies locally, that is looked at once more. */
const checkThere = (id: string, one: KnownOne | undefined): void => {
  if (!one?.logged) return;
  const { verdict, destinations } = one.known;
  if (verdict === 'deleted') throw unknownBackup(id, 'it is deleted');
  if (verdict === 'running' || verdict === 'overdue')
    throw new CliError(ExitCode.refused, `refused: backup ${id} is still being made`);
  if (destinations.includes('s3') || destinations.includes('local')) return;
  throw unknownBackup(id, 'it failed: there is nothing to fetch');
};

const failed = (id: string, answer: Answer | undefined): Error => {
  const reason = answer?.type === 'DownloadFailed' ? answer.data.failure.reason : 'nobody answered';
  return new Ended(ExitCode.failed, `backup ${id} was not downloaded: ${reason}`);
};
