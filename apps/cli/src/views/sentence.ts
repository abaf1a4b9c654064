import { tableTitle } from '@nocodb-backup/backup';
import type { ExportPlanned, KnownEvent, RestoreRequested, Sample } from '@nocodb-backup/events';
import { countText, durationText, numberText, sizeText } from './figures.js';
import { runText, scheduleText } from './schedule-text.js';

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
  PartUploaded: ({ key, destination, files, bytes, seconds }, plan) =>
    `${partName(key, plan)} uploaded to ${destination}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${durationText(seconds)}`,
  PartUploadFailed: ({ key, destination, failure }, plan) =>
    `${partName(key, plan)} not uploaded to ${destination}: ${failed(failure)}`,
  PartsUploaded: ({ destination }) => `every part lies in ${destination}`,
  Uploaded: ({ status, files, bytes, destinations, missingDestinations }) =>
    `manifest written, backup ${status}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${destinations.join(' and ')}${missingDestinations.map(({ destination }) => `; not in ${destination}`).join('')}`,
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
  VerificationRequested: ({ kind, sample, requestedBy, trigger }) =>
    `${checkText[kind]} requested by ${requestedBy} (${trigger})${sampled(sample)}`,
  Verified: ({ kind, sample, destinations, files, bytes, tables, rows, seconds, warnings }) =>
    `${provedText[kind]}${sampled(sample)}: ${countText(files, 'file')}, ${sizeText(bytes)} in ${destinations.join(' and ')}, ${countText(tables, 'table')}, ${countText(rows, 'row')}, in ${durationText(seconds)}${warned(warnings)}`,
  VerificationFailed: ({ kind, findings, failure }) =>
    [
      ...(findings.length > 0 ? [`DAMAGED, says the ${checkText[kind]}: ${findings.join('; ')}`] : []),
      ...(failure ? [`the ${checkText[kind]} could not be done: ${failed(failure)}`] : []),
    ].join('; '),
  BackupPinned: ({ by, reason }) => `pinned by ${by}${quoted(reason)}: retention leaves it alone`,
  BackupUnpinned: ({ by, reason }) => `unpinned by ${by}${quoted(reason)}`,
  BackupExpired: ({ destination, reasons }) => `expired in ${destination}: ${reasons.join('; ')}`,
  DeletionRequested: ({ destination, requestedBy, force, reason }) =>
    `deletion in ${destination} requested by ${requestedBy}${force ? ', by force' : ''}${quoted(reason)}`,
  DeletionRefused: ({ destination, reason }) => `deletion in ${destination} refused: ${reason}`,
  BackupDeleted: ({ destination, files, bytes, warnings }) =>
    `deleted in ${destination}: ${countText(files, 'file')}, ${sizeText(bytes)}${warned(warnings)}`,
  DeletionFailed: ({ destination, failure }) => `deletion in ${destination} failed: ${failed(failure)}`,
  DownloadRequested: ({ requestedBy }) => `download requested by ${requestedBy}`,
  Downloaded: ({ files, bytes, seconds }) =>
    `downloaded: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${durationText(seconds)}`,
  DownloadFailed: ({ failure }) => `download failed: ${failed(failure)}`,
  ImportRequested: ({ source, deleted, requestedBy }) =>
    `import requested by ${requestedBy}: backups of ${source === null ? 'any source' : `source "${source}"`}${deleted ? ', deleted ones, too' : ''}`,
  BackupImported: ({ destinations, status, format, files, bytes, settledAt }) =>
    `found in ${destinations.join(' and ')}${format === 'legacy' ? ', made by the older tool' : ''}, ${status} by its manifest of ${settledAt}: ${countText(files, 'file')}, ${sizeText(bytes)}`,
  ImportCompleted: ({ imported: { complete, partial }, known, refusedCount, seconds }) =>
    `import ended: ${countText(complete + partial, 'backup')} imported (${numberText(partial)} partial), ${numberText(known)} known before, ${numberText(refusedCount)} not imported, in ${durationText(seconds)}`,
  ImportFailed: ({ failure }) => `import failed: ${failed(failure)}`,
  BackupTimedOut: ({ awaited }) => `deadline passed; still awaited: ${awaited.join(', ') || 'nothing'}`,
  ScheduleSet: ({ schedule }) =>
    schedule ? `backups come ${scheduleText(schedule)}` : 'the schedule is off: no backup comes by itself',
  RunDecided: runText,
  VersionSeen: ({ version, previous }) =>
    previous === null
      ? `NocoDB has version ${version}`
      : `NocoDB has version ${version} instead of ${previous}: a backup follows`,
  ChannelOpened: ({ channel }) => `people are told by ${channel} from now on`,
  NotificationSent: ({ channel, about, title, warnings }) =>
    `told by ${channel}: "${title}" (${about})${warned(warnings)}`,
  NotificationFailed: ({ channel, about, failure }) =>
    `could not be told by ${channel}: ${about}: ${failed(failure)}`,
  AlertRaised: ({ level, title, lines }) => `${level}: ${title}. ${lines.join(' ')}`,
  AlertCleared: ({ title }) => `over: ${title}`,
};

/** What an event says, in one line; for a type that this version does not know, its data. Tables are named as the plan does. */
export const sentenceOf = (type: string, data: unknown, plan?: Plan): string => {
  const sentence = Object.hasOwn(sentences, type) ? sentences[type as KnownEvent['type']] : undefined;
  return oneLine(sentence ? sentence(data as never, plan) : JSON.stringify(data));
};

/** Text from outside without what would break the line or steer the terminal. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

const checkText = { verify: 'verification', drill: 'drill' } as const;
const provedText = { verify: 'verified', drill: 'proven by a drill' } as const;

const sampled = (sample: Sample): string =>
  sample === 'full' ? '' : `, ${Number((sample * 100).toPrecision(3))} % of the attached files`;

const partNames = new Map([
  ['dump', 'database dump'],
  ['files', 'data files'],
  ['plan', 'bases'],
  ['manifest', 'manifest'],
]);

const partName = (key: string, plan: Plan): string => partNames.get(key) ?? `table ${tableTitle(plan, key)}`;

const quoted = (reason: string | undefined): string => (reason === undefined ? '' : `, "${reason}"`);

const stored = (artifacts: readonly { readonly bytes: number }[]): string =>
  sizeText(artifacts.reduce((sum, { bytes }) => sum + bytes, 0));

const failed = ({ reason, attempts }: { reason: string; attempts: number }): string =>
  `${reason} (${countText(attempts, 'attempt')})`;

const missing = (count: number): string => (count > 0 ? `, ${numberText(count)} of them missing` : '');

const warned = (warnings: readonly string[]): string =>
  warnings.length > 0 ? `; ${countText(warnings.length, 'warning')}` : '';

const scoped = ({ base, table }: RestoreRequested['data']['scope']): string =>
  [base === undefined ? '' : `, base "${base}"`, table === undefined ? '' : `, table "${table}"`].join('');

/** `1,240 records, 1 link, 12.3 MB, 3 already there`: the nouns are plurals, and `bytes` a size. */
export const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([noun, count]) => (noun === 'bytes' ? sizeText(count) : amountText(count, wordsOf(noun))))
    .join(', ') || 'nothing';

const amountText = (count: number, plural: string): string =>
  countText(count, plural.replace(/s\b/, ''), plural);

/** `recordsAlreadyThere` in words. */
const wordsOf = (noun: string): string => noun.replaceAll(/([A-Z])/g, ' $1').toLowerCase();

const left = (leftOut: readonly { readonly count: number }[]): string => {
  const sum = leftOut.reduce((total, { count }) => total + count, 0);
  return sum > 0 ? `, ${numberText(sum)} left out` : '';
};
