import type { StoredBase } from '@nocodb-backup/vault';
import { isGiven, objectIn } from './column-body.js';

/** What `metadata.json` of a base says that its tables do not. */
export interface Metadata {
  readonly description: string | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly order: number | undefined;
  /** What NocoDB put before the names of tables in the database. */
  readonly prefix: string;
  /** The ids of the databases of others that the base showed, too: their tables lie there. */
  readonly foreign: ReadonlySet<string>;
}

/** Each program that made backups wrote the base at another place. */
export const metadataOf = async (base: StoredBase): Promise<Metadata> => {
  const metadata = await base.metadata();
  const described = 'base' in metadata ? objectIn(metadata.base) : metadata;
  const { description, order, prefix, sources } = described;
  return {
    description: typeof description === 'string' ? description : undefined,
    meta: objectIn(described.meta),
    order: typeof order === 'number' ? order : undefined,
    prefix: typeof prefix === 'string' ? prefix : '',
    foreign: new Set((Array.isArray(sources) ? sources : []).flatMap(foreignIds)),
  };
};

const foreignIds = (source: unknown): readonly string[] => {
  const { id, is_meta, is_local } = objectIn(source);
  const isOwn = Boolean(is_meta) || Boolean(is_local) || !isGiven(is_local ?? is_meta);
  return isOwn ? [] : [String(id)];
};
