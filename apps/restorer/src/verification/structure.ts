import { DamageError, type StoredBackup } from '@nocodb-backup/vault';
import { dumpFindings } from './dump-structure.js';
import { filesFindings } from './files-structure.js';
import { reasonOf } from './outcome.js';
import { type CountedTable, tableFindings } from './table-structure.js';

/** What a look into the files of a backup has shown. */
export interface Structure {
  readonly findings: readonly string[];
  readonly tables: number;
  readonly rows: number;
}

/**
 * Looks into everything that a backup holds: archives are read to their ends, every line of JSON is parsed, and what is
 * there is counted and compared with the manifest. Right digests say only that nobody changed what was written.
 */
export const structureOf = async (backup: StoredBackup, signal: AbortSignal): Promise<Structure> => {
  const findings = [
    ...(await unlessDamaged(() => dumpFindings(backup, signal))),
    ...(await unlessDamaged(() => filesFindings(backup, signal))),
  ];
  const counted: CountedTable[] = [];
  for (const base of backup.bases) {
    findings.push(...(await unlessDamaged(() => baseFindings(base, backup))));
    for (const table of base.tables.filter(({ paths }) => paths.schema !== undefined))
      findings.push(...(await unlessDamaged(() => tableFindings(table, backup, { counted, signal }))));
  }
  return { findings, tables: counted.length, rows: counted.reduce((sum, { records }) => sum + records, 0) };
};

/** The findings; damage that ends the look is one, too. */
const unlessDamaged = async (look: () => Promise<readonly string[]>): Promise<readonly string[]> => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof DamageError) return [reasonOf(error)];
    throw error;
  }
};

/** A base whose description was not stored is in the manifest without one. */
const baseFindings = async (base: StoredBackup['bases'][number], backup: StoredBackup): Promise<string[]> => {
  if (backup.manifest.artifacts.some(({ path }) => path === `${base.folder}/metadata.json`))
    await base.metadata();
  return [];
};
