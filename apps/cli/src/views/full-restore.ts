import { instantOf } from '@nocodb-backup/backup';
import type { Colors } from 'picocolors/types.js';
import type { FullCourse } from '../restore/full-course.js';
import type { FullOutcome } from '../restore/full-outcome.js';
import type { RestoreOutcome } from '../restore/outcome.js';
import { kindText } from '../restore/wish.js';
import { ageText } from './figures.js';
import { leftOutLines } from './restore-ending.js';
import { bullet, numbered, section } from './section.js';
import { countsText } from './sentence.js';
import { painted } from './verdict.js';

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
}

const steps = {
  dump: 'the database: users, bases, tables, records (as restore-dump)',
  files: 'the data files: uploads and attachments (as restore-files)',
} as const;

/** What a full restore is going to do, in words, before anything else. */
export const fullIntroduction = (course: FullCourse, { now, colors }: Frame): string => {
  const made = instantOf(course.backupId);
  return [
    colors.bold(`Full restore of ${course.backupId}${made ? `, made ${ageText(made, now)}` : ''}`),
    ...numbered(course.wishes.map(({ kind }) => (kind === 'dump' || kind === 'files' ? steps[kind] : kind))),
    ...section(colors.yellow('Not in this backup'), course.lacking.map(bullet)),
    'It stops at the first that fails. NocoDB should be stopped until the end: docker compose stop nocodb-server',
  ].join('\n');
};

/** The summary with which a full restore ends. */
export const fullEnding = (outcome: FullOutcome, colors: Colors): string => {
  const { backupId, verdict, restores, notRestored, next } = outcome;
  return [
    `${colors.bold(backupId)}  ${painted(verdict, colors)}  full restore`,
    ...restores.map((restore) => restoreLine(restore, colors)),
    ...section(colors.yellow('Left out'), leftOutLines(restores.flatMap(({ leftOut }) => leftOut))),
    ...section(colors.red('Not restored'), notRestored.map(bullet)),
    ...section(
      colors.yellow('Warnings'),
      [...new Set(restores.flatMap(({ warnings }) => warnings))].map(bullet),
    ),
    ...section('Next', numbered(next)),
  ].join('\n');
};

const restoreLine = ({ id, kind, verdict, counts }: RestoreOutcome, colors: Colors): string => {
  const isDone = verdict === 'completed' || verdict === 'partial';
  const mark = isDone ? colors.green('✔') : colors.red('✖');
  const what = isDone ? countsText(counts) : verdict;
  return `${mark} ${kindText[kind].padEnd(11)} ${what}  ${colors.dim(`(restore ${id})`)}`;
};
