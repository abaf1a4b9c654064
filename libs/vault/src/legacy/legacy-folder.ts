import type { Artifact, Part } from '@nocodb-backup/events';
import type { Shelf } from '../shelf.js';

/** What lies in a backup's folder. */
export interface LegacyFolder {
  /** All but the attached files, by path. */
  readonly files: ReadonlyMap<string, { readonly bytes: number; readonly part: Part }>;
  /** Of the attached files, by the folder of their table. */
  readonly attached: ReadonlyMap<string, { readonly files: number; readonly bytes: number }>;
}

const ATTACHED = /^(bases\/[^/]+\/tables\/[^/]+)\/attachments\//;
const EXPORTED = /^bases\/[^/]+\/(metadata\.json|tables\/[^/]+\/(schema\.json|records\.json(\.gz)?))$/;
const TOP: Readonly<Record<string, Part>> = { 'database.sql.gz': 'dump', 'nocodb-data.tar.gz': 'files' };

/** Looks what lies there; files that the Python tool does not write are not seen. */
export const legacyFolder = async ({ vault, backupId }: Shelf): Promise<LegacyFolder> => {
  const files = new Map<string, { bytes: number; part: Part }>();
  const attached = new Map<string, { files: number; bytes: number }>();
  for await (const { path, bytes } of vault.files(backupId)) {
    const [, table] = ATTACHED.exec(path) ?? [];
    const part = EXPORTED.test(path) ? 'export' : TOP[path];
    if (table !== undefined) {
      const sum = attached.get(table) ?? { files: 0, bytes: 0 };
      attached.set(table, { files: sum.files + 1, bytes: sum.bytes + bytes });
    } else if (part) files.set(path, { bytes, part });
  }
  return { files, attached };
};

/** The files as artifacts of a manifest. The Python tool took no digests, so there is none: an empty string. */
export const artifactsOf = ({ files }: LegacyFolder): (Artifact & { part: Part })[] =>
  [...files].map(([path, { bytes, part }]) => ({ path, bytes, sha256: '', part }));
