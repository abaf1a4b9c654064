import { type Backup, numberText, sizeText, tableTitle } from '@nocodb-backup/backup';
import { firstOf } from '../told/message.js';
import type { Condition } from './condition.js';
import type { Aspect } from './good.js';

/** Two good backups of one source, one after the other, that both hold it. */
export interface Pair {
  readonly aspect: Aspect;
  readonly newest: Backup;
  readonly before: Backup;
}

interface Loss extends Pair {
  readonly texts: readonly string[];
}

/** Fewer lost records than this are no news, whatever share of a small table they are. */
const fewestRecords = 10;
const fewestBytes = 10_000;

/** What has lost so many percent is told, as somebody may have deleted it by mistake; 0 = nothing is. */
export const shrunkenConditions = (pairs: readonly Pair[], percent: number): Condition[] => {
  if (percent === 0) return [];
  const losses = pairs
    .map((pair) => ({ ...pair, texts: lossesOf[pair.aspect](pair, percent) }))
    .filter(({ texts }) => texts.length > 0);
  return [...Map.groupBy(losses, ({ newest }) => newest.id).values()].flatMap((own) => conditionOf(own));
};

const conditionOf = (losses: readonly Loss[]): Condition[] => {
  const [first] = losses;
  if (!first) return [];
  const { id, request, ending, requestedAt } = first.newest;
  const earlier = Map.groupBy(losses, ({ before }) => before.id);
  return [
    {
      kind: 'shrunken',
      source: request.source,
      backupId: id,
      level: 'warning',
      title: `Much less data than before: ${request.source}`,
      lines: [...earlier].flatMap(([before, own]) => [
        `Backup ${id} is complete, but holds much less than ${before}:`,
        ...firstOf(
          own.flatMap(({ texts }) => texts),
          `nocodb-backup show ${id}`,
        ),
      ]),
      next: [
        `If that was a mistake, keep the backup before it, and restore from it:`,
        ...[...earlier.keys()].flatMap((before) => [
          `nocodb-backup pin ${before}`,
          `nocodb-backup inspect ${before}`,
        ]),
      ],
      since: ending?.at.time ?? requestedAt,
    },
  ];
};

const isLoss = (was: number, is: number, { percent, least }: { percent: number; least: number }): boolean =>
  was - is >= least && is <= was * (1 - percent / 100);

const dumpLoss = ({ newest, before }: Pair, percent: number): string[] => {
  const [was, is] = [sqlBytesOf(before), sqlBytesOf(newest)];
  if (was === undefined || is === undefined) return [];
  if (!isLoss(was, is, { percent, least: fewestBytes })) return [];
  return [`database dump: ${sizeText(is)}, before ${sizeText(was)}`];
};

const recordsLosses = ({ newest, before }: Pair, percent: number): string[] => {
  const [were, are] = [recordsOf(before), recordsOf(newest)];
  if (!were || !are) return [];
  return [...were].flatMap(([tableId, was]) => {
    const is = are.get(tableId);
    if (!isLoss(was, is ?? 0, { percent, least: fewestRecords })) return [];
    const table = `table ${titleOf(before, tableId)}`;
    return is === undefined
      ? [`${table} is gone; it had ${numberText(was)} records`]
      : [`${table}: ${numberText(is)} records, before ${numberText(was)}`];
  });
};

const lossesOf = { dump: dumpLoss, records: recordsLosses } as const;

/** Undefined where nobody has counted them. */
const sqlBytesOf = ({ dump, imported }: Backup): number | undefined => {
  if (imported) return imported.dump.sqlBytes > 0 ? imported.dump.sqlBytes : undefined;
  return dump.state === 'succeeded' ? dump.data.sqlBytes : undefined;
};

/** By table id; undefined where not all tables are known, so that one that is missing says nothing. */
const recordsOf = ({ imported, tables }: Backup): ReadonlyMap<string, number> | undefined => {
  if (!imported)
    return new Map(
      [...tables].flatMap(([tableId, outcome]) =>
        outcome.state === 'succeeded' ? [[tableId, outcome.data.records]] : [],
      ),
    );
  const { planned, tables: told } = imported.export;
  if (imported.format === 'legacy' || told.length < planned) return undefined;
  return new Map(told.map(({ tableId, records }) => [tableId, records]));
};

const titleOf = ({ plan, imported }: Backup, tableId: string): string => {
  const table = imported?.export.tables.find((told) => told.tableId === tableId);
  if (!imported || !table) return tableTitle(plan, tableId);
  const base = imported.export.bases.find(({ baseId }) => baseId === table.baseId);
  return `"${table.title}" of base "${base?.title ?? table.baseId}"`;
};
