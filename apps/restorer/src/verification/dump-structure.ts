import { DamagedDumpError, guardedDump } from '@nocodb-backup/postgres';
import type { StoredBackup } from '@nocodb-backup/vault';
import { dumpSql } from '../dump/dump-sql.js';
import { expectedOf } from '../dump/expected.js';
import { lengthOf } from './length-of.js';

const SQL = 'database.sql.gz';
/** Of the server that the dump is guarded for: the newest, for which nothing is left out. */
const ANY_MAJOR = 99;

/** What is wrong with the dump: unpacked to its end, its first and last lines looked at, its figures compared. */
export const dumpFindings = async (backup: StoredBackup, signal: AbortSignal): Promise<string[]> => {
  const { artifacts, parts } = backup.manifest;
  const findings: string[] = [];
  if (artifacts.some(({ path }) => path === SQL)) {
    const bytes = await sqlBytes(backup, signal);
    if (typeof bytes === 'string') findings.push(`${SQL}: ${bytes}`);
    else if (backup.format === '2.0' && bytes !== parts.dump.sqlBytes)
      findings.push(`${SQL} holds ${bytes} bytes of SQL where the manifest says ${parts.dump.sqlBytes}`);
  } else if (parts.dump.status === 'complete') findings.push(`the manifest names no ${SQL}`);
  return [...findings, ...(await countFindings(backup))];
};

/** How much SQL it is, or why it is no whole dump. */
const sqlBytes = async (backup: StoredBackup, signal: AbortSignal): Promise<number | string> => {
  let bytes = 0;
  const sql = dumpSql({ backup, progress: () => undefined });
  try {
    await lengthOf(
      guardedDump(
        measured(sql, (more) => (bytes += more)),
        ANY_MAJOR,
      ),
      signal,
    );
    return bytes;
  } catch (error) {
    if (error instanceof DamagedDumpError) return error.message;
    throw error;
  }
};

async function* measured(sql: AsyncIterable<Uint8Array>, add: (bytes: number) => void) {
  for await (const chunk of sql) {
    add(chunk.byteLength);
    yield chunk;
  }
}

const countFindings = async (backup: StoredBackup): Promise<string[]> => {
  const expected = await expectedOf(backup);
  if (!expected) return [];
  const { tables, rows } = backup.manifest.parts.dump;
  const counted = expected.tables.reduce((sum, table) => sum + table.rows, 0);
  if (expected.tables.length === tables && counted === rows) return [];
  return [
    `database.json tells of ${expected.tables.length} tables with ${counted} rows, the manifest of ${tables} with ${rows}`,
  ];
};
