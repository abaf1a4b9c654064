import type { PlannedStep } from '@nocodb-backup/events';
import { type NocoDb, NocoDbError } from '@nocodb-backup/nocodb';
import { isLink, ownColumns } from '../mapping/column-pairs.js';
import { attachmentSteps } from '../attachments/attachment-steps.js';
import { RefusedError } from '../refused-error.js';
import type { Plan, Work } from '../restoration.js';
import { foundTables } from './find-tables.js';
import { linkDuties } from './link-duties.js';
import { tablesInScope } from '../scope.js';
import { keyOf, nameOfTable, type TablePair, tablePair, writableColumns } from './table-pair.js';

interface Place {
  readonly pair: TablePair;
  readonly existing: number;
}

/** What a step's key begins with: the table's id in the backup follows. */
export const stepOf = { ids: 'ids-', records: 'records-', links: 'links-' } as const;

/** Looks at the tables of the backup and of the target. Throws a RefusedError that names every table that is in the way. */
export const recordPlan = async (api: NocoDb, work: Work): Promise<Plan> => {
  const { request, backup, signal } = work;
  const { options, scope } = request;
  if (options.newIds && options.missing)
    throw new RefusedError(
      '--new-ids puts back all records, --missing those that are not there: choose one of them',
    );
  const all = tablesInScope(backup, scope);
  const tables = all.filter(({ paths }) => paths.records !== undefined);
  if (tables.length === 0)
    throw new RefusedError(
      `backup ${backup.id} holds no records of these tables: ${all.map(notStored).join('; ').slice(0, 2000)}`,
    );
  const ids = await foundTables(api, { backup, tables }, signal);
  const places: Place[] = [];
  for (const stored of tables) {
    const tableId = ids.get(stored.entry.id) ?? '';
    const pair = await tablePair(api, { stored, tableId }, signal);
    places.push({ pair, existing: await api.count(tableId, undefined, signal) });
  }
  refuseFilled(places, work);
  const without = all.filter(({ paths }) => paths.records === undefined);
  const warnings = [
    ...without.map(notStored),
    ...places.flatMap(warningsOf),
    ...(await hookWarnings(api, places, signal)),
  ];
  return { steps: stepsOf(places, work), warnings: warnings.map((text) => text.slice(0, 1000)).slice(0, 90) };
};

const refuseFilled = (places: readonly Place[], { request: { options, backupId } }: Work): void => {
  const filled = places.filter(({ existing }) => existing > 0);
  if (options.newIds || options.missing || filled.length === 0) return;
  const names = filled.map(({ pair, existing }) => `${nameOfTable(pair.stored)} (${existing} records)`);
  const more = names.length > 30 ? ` and ${names.length - 30} more` : '';
  throw new RefusedError(
    `these tables are not empty: ${names.slice(0, 30).join(', ')}${more}. Records are put back with their ids, so choose what is ` +
      'meant: --missing puts back those whose id is not there and leaves the others as they are; --new-ids appends all of them ' +
      `as new records; or empty the tables first. See what the backup holds: nocodb-backup inspect ${backupId}`,
  );
};

const notStored = ({ entry, base }: Parameters<typeof nameOfTable>[0]): string =>
  `"${entry.title}" of base "${base.title}" has no records in the backup (${entry.status}): nothing of it is put back`;

/** What the target cannot take is told before anything is done. */
const warningsOf = ({ pair }: Place): string[] => {
  const name = nameOfTable(pair.stored);
  const lost = [
    ...writableColumns(pair).without,
    ...ownColumns(pair.from).filter((column) => isLink(column) && !pair.columns.has(column.id)),
  ].map(({ title }) => `"${title}"`);
  return lost.length === 0
    ? []
    : [`the target's ${name} does not have the columns ${lost.join(', ')}: their values are left out`];
};

const hookWarnings = async (
  api: NocoDb,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<string[]> => {
  const warnings: string[] = [];
  for (const { pair } of places) {
    const hooks = await api.hooks(pair.to.id, signal).catch(unreadable);
    const active = hooks.filter((hook) => hook.active && hook.event !== 'manual');
    if (active.length > 0)
      warnings.push(
        `${nameOfTable(pair.stored)} has ${active.length} active webhooks on the target, which NocoDB calls while records are ` +
          'put back: switch them off before, if that is not meant',
      );
  }
  return warnings;
};

/** Hooks may be read by creators alone. */
const unreadable = (error: unknown): never[] => {
  if (error instanceof NocoDbError && error.status === 403) return [];
  throw error;
};

const stepsOf = (places: readonly Place[], { request: { options }, backup }: Work): PlannedStep[] => {
  const reserving = options.newIds || options.missing;
  const targets = new Map(places.map(({ pair }) => [pair.stored.entry.id, pair.to.id]));
  const duties = linkDuties(places.map(({ pair }) => pair));
  const linking = places.filter(({ pair }) => duties.has(pair.stored.entry.id));
  const tables = backup.bases.flatMap((base) => base.tables).filter(({ entry }) => targets.has(entry.id));
  return [
    ...(reserving
      ? places.map((place) => step('ids', place, 'look where its records end, and set ids aside'))
      : []),
    ...places.map((place) => step('records', place, actionOf(place, options))),
    ...linking.map((place) =>
      step('links', place, `link its records, up to ${place.pair.stored.entry.links} links`),
    ),
    ...(options.withAttachments ? attachmentSteps(tables, ({ entry }) => targets.get(entry.id) ?? null) : []),
  ];
};

const step = (kind: keyof typeof stepOf, { pair, existing }: Place, action: string): PlannedStep => ({
  key: `${stepOf[kind]}${pair.stored.entry.id}`,
  title: `${kind} of ${nameOfTable(pair.stored)}`.slice(0, 300),
  action,
  target: pair.to.id,
  existing,
});

const actionOf = ({ pair, existing }: Place, options: Work['request']['options']): string => {
  const { records } = pair.stored.entry;
  if (keyOf(pair.from) === undefined || keyOf(pair.to) === undefined)
    return 'leave out: its records have no id';
  if (options.newIds) return `append ${records} records with new ids to ${existing}`;
  if (options.missing)
    return `of ${records} records insert those whose id is not among the ${existing} that are there`;
  return `insert ${records} records with their ids`;
};
