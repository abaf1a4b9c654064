import type { RestoreKind, RestoreRequested } from '@nocodb-backup/events';

/** What somebody wants back. */
export type Wish = Pick<RestoreRequested['data'], 'backupId' | 'kind' | 'scope' | 'options'>;

/** What each kind of restore puts back, as people call it. */
export const kindText: Readonly<Record<RestoreKind, string>> = {
  dump: 'database',
  files: 'data files',
  schema: 'definitions',
  records: 'records',
  attachments: 'attachments',
};

/** Whether what is there now is replaced as a whole: a yes is not enough for that. */
export const overwrites = (kind: RestoreKind): boolean => kind === 'dump' || kind === 'files';

/** `definitions, base "CRM", table "Orders"`. */
export const wishText = ({ kind, scope: { base, table } }: Pick<Wish, 'kind' | 'scope'>): string =>
  [
    kindText[kind],
    ...(base === undefined ? [] : [`base "${base}"`]),
    ...(table === undefined ? [] : [`table "${table}"`]),
  ].join(', ');
