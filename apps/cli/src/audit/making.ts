import { type BackupFact, type Moment, tableTitle } from '@nocodb-backup/backup';
import type { BackupEvent, BackupRequested, ExportPlanned, Part } from '@nocodb-backup/events';
import { countText, numberText, sizeText, timeText } from '../views/figures.js';
import {
  ended,
  failureText,
  listText,
  quoted,
  ranText,
  type Sentence,
  spanText,
  warnings,
} from './telling.js';

type DataOf<Type> = Extract<BackupEvent, { type: Type }>['data'];
type Fact<Type extends BackupFact['type']> = Extract<BackupFact, { type: Type }> & Moment;
type Plan = ExportPlanned['data'] | undefined;

/** What a fact says of how the backup was made; undefined for a fact of another sort, nothing for one that another sentence tells. */
export const madeSentences = (fact: BackupFact, facts: readonly BackupFact[]): Sentence[] | undefined => {
  if (silent.has(fact.type)) return [];
  if (fact.type === 'TableExported')
    return [...tablesSentence(fact, facts), ...warnings(fact.time, fact.data.warnings)];
  if (fact.type === 'PartUploaded') return partsSentence(fact, facts);
  const tell = texts[fact.type] as ((data: unknown, told: Told) => string) | undefined;
  if (!tell) return undefined;
  const plan = facts.find((one): one is Fact<'ExportPlanned'> => one.type === 'ExportPlanned')?.data;
  return [
    { time: fact.time, text: ended(tell(fact.data, { time: fact.time, plan })) },
    ...('warnings' in fact.data ? warnings(fact.time, fact.data.warnings) : []),
  ];
};

/** Others say the same, and more. */
const silent: ReadonlySet<string> = new Set(['TableExportRequested', 'ExportCompleted', 'PartsUploaded']);

interface Told {
  readonly time: Date;
  readonly plan: Plan;
}

const texts: { readonly [Type in BackupEvent['type']]?: (data: DataOf<Type>, told: Told) => string } = {
  BackupRequested: (data) => requestedText(data),
  DumpCompleted: ({ tables, rows, serverVersion, artifacts, seconds }, { time }) =>
    `The database was dumped ${ranText(time, seconds)}: ${countText(tables, 'table')} with ${countText(rows, 'row')} of PostgreSQL ${serverVersion}, ${storedText(artifacts)} stored`,
  DumpFailed: ({ failure }) => `The database was not dumped: ${failureText(failure)}`,
  FilesArchived: ({ files, artifacts, seconds }, { time }) =>
    `The data directory was archived ${ranText(time, seconds)}: ${countText(files, 'file')}, ${storedText(artifacts)} stored`,
  FilesArchiveFailed: ({ failure }) => `The data directory was not archived: ${failureText(failure)}`,
  ExportPlanned: ({ tables, bases, nocodbVersion }) =>
    `The export found ${countText(tables.length, 'table')} in ${countText(bases.length, 'base')} of NocoDB ${nocodbVersion ?? 'of unknown version'}`,
  ExportFailed: ({ failure }) => `Nothing was exported: ${failureText(failure)}`,
  TableExportFailed: ({ tableId, failure }, { plan }) =>
    `Table ${tableTitle(plan, tableId)} was not exported: ${failureText(failure)}`,
  BackupTimedOut: ({ awaited }) => `Its deadline passed; still awaited: ${listText(awaited) || 'nothing'}`,
  PartUploadFailed: ({ key, destination, failure }, { plan }) =>
    `${partText(key, plan)} was not brought to ${destination}: ${failureText(failure)}`,
  Uploaded: ({ status, files, bytes, destinations, missingDestinations }) =>
    [
      `Its manifest was written, and it was ${status}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${listText(destinations)}`,
      ...missingDestinations.map(({ destination, reason }) => `. It is not in ${destination}: ${reason}`),
    ].join(''),
  UploadFailed: ({ failure }) => `It was not sealed, so it is no backup: ${failureText(failure)}`,
};

const requestedText = ({
  trigger,
  requestedBy,
  reason,
  source,
  parts,
  deadline,
}: BackupRequested['data']) => {
  const who = trigger === 'schedule' ? 'The schedule' : requestedBy;
  const when = trigger === 'pre-upgrade' ? ' before an upgrade' : '';
  return `${who} asked for this backup of "${source}"${when}${quoted(reason)}: ${listText(parts.map((part) => partNames[part]))}, by ${timeText(new Date(deadline))}`;
};

const partNames: Readonly<Record<Part, string>> = {
  dump: 'database dump',
  files: 'data files',
  export: 'export of all tables',
};

const partText = (key: string, plan: Plan): string =>
  ({
    dump: 'The database dump',
    files: 'The archive of the data files',
    plan: 'The list of bases',
    manifest: 'The manifest',
  })[key] ?? `Table ${tableTitle(plan, key)}`;

const storedText = (artifacts: readonly { readonly bytes: number }[]): string =>
  sizeText(artifacts.reduce((sum, { bytes }) => sum + bytes, 0));

/** All tables together, where the last one ended. */
const tablesSentence = (fact: Fact<'TableExported'>, facts: readonly BackupFact[]): Sentence[] => {
  const tables = facts.filter((one): one is Fact<'TableExported'> => one.type === 'TableExported');
  if (tables.at(-1) !== fact) return [];
  const begin = Math.min(...tables.map(({ time, data }) => time.getTime() - data.seconds * 1000));
  const sum = (figure: (data: Fact<'TableExported'>['data']) => number) =>
    tables.reduce((total, { data }) => total + figure(data), 0);
  const missing = sum(({ attachments }) => attachments.missingCount);
  const figures = [
    countText(
      sum(({ records }) => records),
      'record',
    ),
    countText(
      sum(({ links }) => links),
      'link',
    ),
    countText(
      sum(({ attachments }) => attachments.files),
      'attached file',
    ),
  ];
  const text = `${countText(tables.length, 'table')} ${tables.length === 1 ? 'was' : 'were'} exported ${spanText(new Date(begin), fact.time)}: ${listText(figures)}${missing > 0 ? `, and ${numberText(missing)} that NocoDB did not give` : ''}.`;
  return [{ time: fact.time, text }];
};

const partsSentence = (fact: Fact<'PartUploaded'>, facts: readonly BackupFact[]): Sentence[] => {
  const parts = facts.filter((one): one is Fact<'PartUploaded'> => one.type === 'PartUploaded');
  if (parts.at(-1) !== fact) return [];
  const begin = Math.min(...parts.map(({ time, data }) => time.getTime() - data.seconds * 1000));
  const [files, bytes] = (['files', 'bytes'] as const).map((figure) =>
    parts.reduce((sum, { data }) => sum + data[figure], 0),
  ) as [number, number];
  const span = spanText(new Date(begin), fact.time);
  return [
    {
      time: fact.time,
      text: `It was brought to ${fact.data.destination} ${span}: ${countText(files, 'file')}, ${sizeText(bytes)}.`,
    },
  ];
};
