import type { Part, TableExported } from '@nocodb-backup/events';
import type { Backup, Outcome } from './backup.js';
import { importedPart } from './imported-backup.js';
import { tableTitle } from './table-title.js';
import { uploadFailure } from './upload-parts.js';

/** How one part of a backup stands. `partial`: some tables or attachments are missing from the export. */
export type PartStatus = 'not requested' | 'awaited' | 'complete' | 'partial' | 'failed' | 'timed-out';

const simple = {
  awaited: 'awaited',
  succeeded: 'complete',
  failed: 'failed',
  'timed-out': 'timed-out',
} as const;

/** Says how a part stands; an export is only as complete as its tables and their attachments. */
export const statusOfPart = (backup: Backup, part: Part): PartStatus => {
  if (!backup.request.parts.includes(part)) return 'not requested';
  if (backup.imported) return importedPart(backup.imported, part).status;
  return part === 'export' ? statusOfExport(backup) : simple[backup[part].state];
};

const statusOfExport = ({ export: outcome, tables }: Backup): PartStatus => {
  const someTables = [...tables.values()].some(({ state }) => state === 'succeeded');
  if (outcome.state !== 'succeeded')
    return outcome.state === 'timed-out' && someTables ? 'partial' : simple[outcome.state];
  const { planned, exported } = outcome.data.tables;
  if (exported === planned) return outcome.data.attachments.missing > 0 ? 'partial' : 'complete';
  return exported > 0 ? 'partial' : 'failed';
};

/** One sentence on each thing that is not in the backup although it was wanted; empty when the backup is complete. */
export const failuresOf = (backup: Backup): string[] => backup.imported?.failures ?? failuresInFacts(backup);

const failuresInFacts = (backup: Backup): string[] => [
  ...reasonOf('database dump', backup.dump),
  ...reasonOf('data files', backup.files),
  ...reasonOf('export', backup.export),
  ...[...backup.tables].flatMap(([tableId, outcome]) =>
    outcome.state === 'succeeded' && outcome.data.attachments.missingCount === 0
      ? []
      : failuresOfTable(tableTitle(backup.plan, tableId), outcome),
  ),
  ...notInBucket(backup),
];

const failuresOfTable = (title: string, outcome: Outcome<TableExported['data']>): string[] =>
  outcome.state === 'succeeded'
    ? missingOf(title, outcome.data.attachments)
    : reasonOf(`table ${title}`, outcome);

/** Why the backup is not in the bucket although it was to be. */
export const notInBucket = (backup: Backup): string[] => {
  const reason = uploadFailure(backup);
  return reason === undefined ? [] : [`not in s3: ${reason}`];
};

const reasonOf = (what: string, outcome: Outcome<unknown>): string[] => {
  if (outcome.state === 'failed') return [`${what}: ${outcome.failure.reason}`];
  return outcome.state === 'timed-out' ? [`${what}: not finished before the deadline`] : [];
};

const missingOf = (
  title: string,
  { missing, missingCount }: { missing: string[]; missingCount: number },
): string[] => [
  ...missing.map((reason) => `table ${title}: attachment ${reason}`),
  ...(missingCount > missing.length
    ? [`table ${title}: ${missingCount - missing.length} more attachments are missing`]
    : []),
];
