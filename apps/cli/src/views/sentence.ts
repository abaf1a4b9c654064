import { tableTitle } from '@nocodb-backup/backup';
import type { BackupEvent, ExportPlanned } from '@nocodb-backup/events';
import { countText, durationText, numberText, sizeText } from './figures.js';

type Sentences = { readonly [Type in BackupEvent['type']]: (data: DataOf<Type>, plan?: Plan) => string };
type Plan = ExportPlanned['data'] | undefined;
type DataOf<Type> = Extract<BackupEvent, { type: Type }>['data'];

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
  BackupTimedOut: ({ awaited }) => `deadline passed; still awaited: ${awaited.join(', ') || 'nothing'}`,
};

/** What an event says, in one line; for a type that this version does not know, its data. Tables are named as the plan does. */
export const sentenceOf = (type: string, data: unknown, plan?: Plan): string => {
  const sentence = Object.hasOwn(sentences, type) ? sentences[type as BackupEvent['type']] : undefined;
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
