import { Writable } from 'node:stream';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import type { KnownBackup } from '../known-backup.js';
import { allKnownBackups } from '../known-backups.js';
import { ageText } from '../views/figures.js';
import { type Check, type Finding, ok, warn } from './check.js';

const HOUR_MS = 3_600_000;
/** A day, and two hours for the backup itself. */
const FRESH_HOURS = 26;

/** There is a complete backup, and it is not old. */
export const lastBackupCheck = (context: CliContext): Check => ({
  name: 'last backup',
  find: async (signal) => {
    const stderr = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const backups = await allKnownBackups({ ...context, signal, stderr }).catch(nobodyKnows);
    return backups ? lastGood(backups, context.now()) : unknown;
  },
});

const unknown = warn(
  'not known: there is neither an event log nor a backup directory',
  'Before the first backup that is as it should be. Else set NATS_URL and NOCODB_BACKUP_DIR',
);

const nobodyKnows = (error: unknown): undefined => {
  if (!(error instanceof CliError)) throw error;
};

/** Judges the backups, newest first: the last complete one counts, however many came after it. */
export const lastGood = (backups: readonly KnownBackup[], now: Date): Finding => {
  const good = backups.find(({ verdict, missingFrom }) => verdict === 'complete' && missingFrom.length === 0);
  const [newest] = backups;
  if (!good)
    return newest
      ? warn(
          `none of ${backups.length} is complete; the last, ${newest.id}, is ${newest.verdict}`,
          `What went wrong: nocodb-backup show ${newest.id}`,
        )
      : warn('there is none yet', 'Make one: nocodb-backup backup');
  const requested = new Date(good.requestedAt);
  const text = `${good.id}, ${ageText(requested, now)}`;
  if (now.getTime() - requested.getTime() <= FRESH_HOURS * HOUR_MS) return ok(text);
  return warn(
    `the last complete one is ${text}`,
    'Do the services run, and is the schedule on? nocodb-backup list shows what came after it',
  );
};
