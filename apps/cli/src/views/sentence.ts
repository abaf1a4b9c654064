import { tableTitle } from '@nocodb-backup/backup';
import type { ExportPlanned, KnownEvent, RestoreRequested } from '@nocodb-backup/events';
import { countText, durationText, numberText, sizeText } from './figures.js';

type Sentences = { readonly [Type in KnownEvent['type']]: (data: DataOf<Type>, plan?: Plan) => string };
type Plan = ExportPlanned['data'] | undefined;
type DataOf<Type> = Extract<KnownEvent, { type: Type }>['data'];

/** A new type of event breaks the build here: somebody must find words for it. */
const sentences: Sentences = {
  BackupRequested: ({ parts, trigger, requestedBy, reason }) =>
    `requested by ${requestedBy} (${trigger})${reason ? `, "${reason}"` : ''}: ${parts.join(', ')}`,
  DumpCompleted: ({ artifacts, tables, rows, seconds }) =>
    `database dump complete: ${stored(artifacts)}, ${countText(tables, 'table')}, ${countText(rows, 'row')}, in ${durationText(seconds)}`,
  DumpFailed: ({ failure }) => `database dump failed: ${failed(failure)}`,
  FilesArchived: ({ artifacts, files, seconds, warnings }) =>
    `data files archived: ${stored(artifacts)}, ${countText(files, 'file')}, in ${durationText(seconds)}${warned(warnings)}`,
  FilesArchiveFailed: ({ failure }) => `data files failed: ${failed(failure)}`,
  ExportPlanned: ({ bases, tables, nocodbVersion, warnings }) =>
    `export planned: ${countText(tables.length, 'table')} in ${countText(bases.length, 'base')} of NocoDB ${nocodbVersion ?? 'of unknown version'}${warned(warnings)}`,
  TableExportRequested: ({ title }) => `table "${title}" waits for an exporter`,
  TableExported: ({ tableId, records, links, attachments, warnings }, plan) =>
    `table ${tableTitle(plan, tableId)} exported: ${countText(records, 'record')}, ${countText(links, 'link')}, ${countText(attachments.files, 'attachment')}${missing(attachments.missingCount)}${warned(warnings)}`,
  TableExportFailed: ({ tableId, failure }, plan) =>
    `table ${tableTitle(plan, tableId)} failed: ${failed(failure)}`,
  ExportCompleted: ({ tables, records, attachments }) =>
    `export ended: ${numberText(tables.exported)} of ${countText(tables.planned, 'table')}, ${countText(records, 'record')}, ${countText(attachments.files, 'attachment')}${missing(attachments.missing)}`,
  ExportFailed: ({ failure }) => `export failed: ${failed(failure)}`,
  Uploaded: ({ status, files, bytes, destinations }) =>
    `manifest written, backup ${status}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${destinations.join(' and ')}`,
  UploadFailed: ({ failure }) => `not sealed, so it is no backup: ${failed(failure)}`,
  RestoreRequested: ({ kind, backupId, scope, requestedBy, planOnly }) =>
    `${planOnly ? 'plan of a restore' : 'restore'} requested by ${requestedBy}: ${kind} of ${backupId}${scoped(scope)}`,
  RestorePlanned: ({ steps, warnings }) =>
    `restore planned: ${countText(steps.length, 'step')}${warned(warnings)}`,
  RestoreStepCompleted: ({ key, counts, leftOut, seconds, warnings }) =>
    `${key} restored: ${countsText(counts)}${left(leftOut)}, in ${durationText(seconds)}${warned(warnings)}`,
  RestoreCompleted: ({ counts, leftOutCount, warnings }) =>
    `restore completed: ${countsText(counts)}${leftOutCount > 0 ? `, ${numberText(leftOutCount)} left out` : ''}${warned(warnings)}`,
  RestoreFailed: ({ failure }) => `restore failed: ${failed(failure)}`,
  RestoreRefused: ({ reason }) => `restore refused: ${reason}`,
  BackupTimedOut: ({ awaited }) => `deadline passed; still awaited: ${awaited.join(', ') || 'nothing'}`,
};

/** What an event says, in one line; for a type that this version does not know, its data. Tables are named as the plan does. */
export const sentenceOf = (type: string, data: unknown, plan?: Plan): string => {
  const sentence = Object.hasOwn(sentences, type) ? sentences[type as KnownEvent['type']] : undefined;
  return oneLine(sentence ? sentence(data as never, plan) : JSON.stringify(data));
};

/** Text from outside without what would break the line or steer the terminal. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const stored = (artifacts: readonly { readonly bytes: number }[]): string =>
  sizeText(artifacts.reduce((sum, { bytes }) => sum + bytes, 0));

const failed = ({ reason, attempts }: { reason: string; attempts: number }): string =>
  `${reason} (${countText(attempts, 'attempt')})`;

const missing = (count: number): string => (count > 0 ? `, ${numberText(count)} of them missing` : '');

const warned = (warnings: readonly string[]): string =>
  warnings.length > 0 ? `; ${countText(warnings.length, 'warning')}` : '';

const scoped = ({ base, table }: RestoreRequested['data']['scope']): string =>
  [base === undefined ? '' : `, base "${base}"`, table === undefined ? '' : `, table "${table}"`].join('');

/** `1,240 records, 1 link, 12.3 MB`: the nouns are plurals, and `bytes` a size. */
export const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([noun, count]) =>
      noun === 'bytes' ? sizeText(count) : countText(count, noun.replace(/s$/, ''), noun),
    )
    .join(', ') || 'nothing';

const left = (leftOut: readonly { readonly count: number }[]): string => {
  const sum = leftOut.reduce((total, { count }) => total + count, 0);
  return sum > 0 ? `, ${numberText(sum)} left out` : '';
};
