import Table from 'cli-table3';
import type { Part } from '@nocodb-backup/events';
import type { Colors } from 'picocolors/types.js';
import type { BackupDetails, TableDetails } from '../details.js';
import type { HistoryLine } from '../history.js';
import type { RestoreOutcome } from '../restore/outcome.js';
import { kindText } from '../restore/wish.js';
import { ageText, countText, durationText, numberText, sizeText, timeText } from './figures.js';
import { oneLine } from './sentence.js';
import { painted } from './verdict.js';

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
  readonly history: readonly HistoryLine[];
  /** That were made of it. */
  readonly restores: readonly RestoreOutcome[];
}

/** What `show` prints about one backup. */
export const backupDetails = (details: BackupDetails, frame: Frame): string =>
  [
    `${frame.colors.bold(details.id)}  ${painted(details.verdict, frame.colors)}`,
    ...facts(details, frame.now).map(([name, value]) => `  ${name.padEnd(11)}${value}`),
    '',
    partsTable(details, frame.colors),
    ...section('Tables', details.exported.length > 0 ? [tablesTable(details.exported, frame.colors)] : []),
    ...section(frame.colors.red('DAMAGED'), damageLines(details, frame.now)),
    ...section(frame.colors.red('Not in this backup'), details.failures.map(bullet)),
    ...section(frame.colors.red('Gone'), details.missingFrom.map(goneText)),
    ...section(frame.colors.yellow('Warnings'), details.warnings.map(bullet)),
    ...section(
      'Restores',
      frame.restores.map((restore) => restoreText(restore, frame.colors)),
    ),
    ...section('History (UTC)', frame.history.map(historyText)),
  ].join('\n');

const facts = (details: BackupDetails, now: Date): [string, string][] => {
  const requested = new Date(details.requestedAt);
  const ended = details.endedAt === null ? undefined : new Date(details.endedAt);
  const versions = [
    ...(details.nocodbVersion ? [`NocoDB ${details.nocodbVersion}`] : []),
    ...(details.postgresVersion ? [`PostgreSQL ${details.postgresVersion}`] : []),
  ];
  const all: [string, string | null][] = [
    [
      'requested',
      `${timeText(requested)} UTC, ${ageText(requested, now)}, by ${oneLine(details.requestedBy)} (${details.trigger})`,
    ],
    ['reason', details.reason === null ? null : oneLine(details.reason)],
    ['ended', ended ? `${timeText(ended)} UTC, after ${seconds(requested, ended)}` : null],
    ['deadline', ended ? null : whenText(details.deadline, now)],
    ['source', details.source],
    ['made of', versions.join(', ') || null],
    ['size', sizeText(details.bytes)],
    ['verified', whenText(details.verifiedAt, now)],
    ['proven', whenText(details.provenAt, now)],
    ['lies in', liesText(details)],
    ['known by', details.isFound ? foundText : null],
    ['pinned', pinnedText(details)],
    [
      'expired',
      details.expiredIn.length > 0 ? `in ${details.expiredIn.join(' and ')}: it will be deleted there` : null,
    ],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== null);
};

const foundText =
  'its manifest, as it was found there: that it was to lie elsewhere, too, only the log told in which it was made';

const liesText = ({ verdict, destinations }: BackupDetails): string => {
  if (destinations.length > 0) return destinations.join(', ');
  return verdict === 'deleted' ? 'nowhere any more' : 'nowhere yet: without a manifest it is no backup';
};

const pinnedText = ({ pinned }: BackupDetails): string | null =>
  pinned && `by ${oneLine(pinned.by)}${pinned.reason === null ? '' : `, "${oneLine(pinned.reason)}"`}`;

const seconds = (from: Date, to: Date): string => durationText((to.getTime() - from.getTime()) / 1000);

const damageLines = ({ damage }: BackupDetails, now: Date): string[] =>
  damage ? [`  found ${whenText(damage.at, now) ?? ''}`, ...damage.findings.map(bullet)] : [];

const whenText = (time: string | null, now: Date): string | null =>
  time && `${timeText(new Date(time))} UTC, ${ageText(new Date(time), now)}`;

const plain = { head: [], border: [], compact: true };

const partsTable = (details: BackupDetails, colors: Colors): string => {
  const table = new Table({
    head: ['Part', 'Status', 'Size', 'Holds'].map((name) => colors.bold(name)),
    style: plain,
    colAligns: ['left', 'left', 'right', 'left'],
  });
  for (const [part, { status, bytes }] of Object.entries(details.parts))
    table.push([part, painted(status, colors), sizeText(bytes), holdsText(details, part as Part)]);
  return table.toString();
};

const holdsText = ({ dump, files, exported, tables }: BackupDetails, part: Part): string => {
  if (part === 'dump')
    return dump
      ? `${countText(dump.tables, 'table')}, ${countText(dump.rows, 'row')}, ${sizeText(dump.sqlBytes)} of SQL`
      : '';
  if (part === 'files')
    return files ? `${countText(files.files, 'file')}, ${sizeText(files.tarBytes)} unpacked` : '';
  const sum = (figure: (table: TableDetails) => number) =>
    exported.reduce((total, table) => total + figure(table), 0);
  const attachments = sum((table) => table.attachments.files);
  return `${numberText(tables.exported)} of ${countText(tables.planned, 'table')}, ${countText(
    sum(({ records }) => records),
    'record',
  )}, ${countText(
    sum(({ links }) => links),
    'link',
  )}, ${countText(attachments, 'attachment')}`;
};

const tablesTable = (tables: readonly TableDetails[], colors: Colors): string => {
  const table = new Table({
    head: ['Base', 'Table', 'Status', 'Records', 'Links', 'Attachments'].map((name) => colors.bold(name)),
    style: plain,
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right'],
  });
  for (const { base, title, status, records, links, attachments } of tables)
    table.push([
      oneLine(base),
      oneLine(title),
      painted(status, colors),
      numberText(records),
      numberText(links),
      attachmentsText(attachments),
    ]);
  return table.toString();
};

const attachmentsText = ({ files, bytes, missing }: TableDetails['attachments']): string =>
  [
    files > 0 ? `${numberText(files)} (${sizeText(bytes)})` : '0',
    ...(missing > 0 ? [`${numberText(missing)} missing`] : []),
  ].join(', ');

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const bullet = (text: string): string => `  - ${oneLine(text)}`;

const goneText = (place: string): string =>
  `  - the log says that it lies in "${place}", but its manifest is not there: somebody removed it, or this is another directory`;

const historyText = ({ time, text }: HistoryLine): string => `  ${timeText(time)}  ${text}`;

const restoreText = ({ id, kind, verdict }: RestoreOutcome, colors: Colors): string =>
  `  ${id}  ${kindText[kind]}  ${painted(verdict, colors)}`;
