import type { ImportCompleted, RefusalKind } from '@nocodb-backup/events';

/** What came of an import; what `import` prints with `--json`. */
export type Outcome = Omit<ImportCompleted['data'], 'importId'> & { readonly id: string };

export const outcomeOf = ({ importId: id, ...data }: ImportCompleted['data']): Outcome => ({ id, ...data });

/** What lies beside the backups, and was none, is told and takes nothing from the import. */
const harmless: readonly RefusalKind[] = ['foreign', 'unsealed'];

/** Every backup that lies in the vault is in the log now. */
export const isWhole = ({ refused, refusedCount }: Outcome): boolean =>
  refusedCount === refused.length && refused.every(({ kind }) => harmless.includes(kind));
