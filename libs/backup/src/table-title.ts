import type { ExportPlanned } from '@nocodb-backup/events';

/** A table as people know it, `"Orders" of base "CRM"`; its id where no plan names it. */
export const tableTitle = (plan: ExportPlanned['data'] | undefined, tableId: string): string => {
  const table = plan?.tables.find((candidate) => candidate.tableId === tableId);
  const base = plan?.bases.find(({ baseId }) => baseId === table?.baseId);
  return table ? `"${table.title}" of base "${base?.title ?? table.baseId}"` : tableId;
};
