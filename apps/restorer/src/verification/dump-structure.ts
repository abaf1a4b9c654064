import { DamagedDumpError, guardedDump } from '@nocodb-backup/postgres';
import type { StoredBackup } from '@nocodb-backup/vault';
import { DUMP, dumpSql, storedDump, WrongLengthError } from '../dump/dump-sql.js';
import { expectedOf } from '../dump/expected.js';
import { lengthOf } from './length-of.js';

/** Of the server that the dump is guarded for: the newest, for which nothing is left out. */
const ANY_MAJOR = 99;

/** What is wrong with the dump: unpacked to its end, its length, its first and last lines looked at, its figures compared. */
export const dumpFindings = async (backup: StoredBackup, signal: AbortSignal): Promise<string[]> => {
  const { dump } = backup.manifest.parts;
  const findings: string[] = [];
  const stored = storedDump(backup.manifest);
  if (stored) findings.push(...(await sqlFindings(backup, stored.path, signal)));
  else if (dump.status === 'complete') findings.push(`the manifest names no ${DUMP}`);
  return [...findings, ...(await countFindings(backup))];
};

const sqlFindings = async (backup: StoredBackup, path: string, signal: AbortSignal): Promise<string[]> => {
  const sql = dumpSql({ backup, progress: () => undefined, signal });
  try {
    await lengthOf(guardedDump(sql, ANY_MAJOR), signal);
    return [];
  } catch (error) {
    if (error instanceof DamagedDumpError) return [`${path}: ${error.message}`];
    if (error instanceof WrongLengthError) return [error.message];
    throw error;
  }
};

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
