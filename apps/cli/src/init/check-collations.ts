import { PermanentError } from '@nocodb-backup/events';
import {
  collationState,
  type CollationState,
  otherDatabases,
  type PostgresConnection,
  type RebuildProgress,
  repairCollation,
  withSession,
} from '@nocodb-backup/postgres';
import { type Finding, warn } from '../doctor/check.js';
import { countText } from '../views/figures.js';
import { collationFinding, shown } from './collation-finding.js';
import { repairFinding } from './repair-finding.js';

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** Without it nothing is changed. */
  readonly repair?: RepairWish | undefined;
}

export interface RepairWish {
  /** Seconds that all of it may take. */
  readonly limitSeconds: number;
  readonly begun: (database: string) => void;
  readonly told: (progress: RebuildProgress) => void;
}

/**
 * A finding for NocoDB's database, one for each that every server has (new databases are made from `template1`), and one for
 * somebody else's on the same server, which are never touched. What goes wrong is a finding, too.
 */
export const checkCollations = async (
  connection: PostgresConnection,
  { signal, repair }: CheckOptions,
): Promise<Finding[]> => {
  const deadline = Date.now() + (repair?.limitSeconds ?? 0) * 1000;
  const work = { signal, repair, deadline };
  const first = await checked(connection, work);
  const others = await lookAround(connection, signal).catch(() => undefined);
  if (!others) return [first];
  const findings = [first];
  for (const database of others.common) findings.push(...(await ifLetIn({ ...connection, database }, work)));
  return others.drifted.length === 0 ? findings : [...findings, elsewhere(others.drifted)];
};

interface Work extends CheckOptions {
  readonly deadline: number;
}

const checked = async (connection: PostgresConnection, work: Work): Promise<Finding> => {
  try {
    return await found(connection, work);
  } catch (error) {
    work.signal.throwIfAborted();
    return warn(
      `${connection.database}: the collations could not be ${work.repair ? 'checked and mended' : 'checked'}: ${(error as Error).message}`,
      'NocoDB can start all the same. Look again: nocodb-backup doctor',
    );
  }
};

/** That a role is kept out of what is not NocoDB's is nothing to warn of at every start. */
const ifLetIn = async (connection: PostgresConnection, work: Work): Promise<Finding[]> => {
  try {
    await withSession(connection, { signal: work.signal }, () => Promise.resolve());
  } catch (error) {
    if (error instanceof PermanentError) return [];
  }
  return [await checked(connection, work)];
};

const found = async (
  connection: PostgresConnection,
  { signal, repair, deadline }: Work,
): Promise<Finding> => {
  const state = await withSession(connection, { signal }, collationState);
  if (!repair || !isRepairable(state)) return collationFinding(state);
  repair.begun(state.database);
  const limitSeconds = Math.max(1, Math.round((deadline - Date.now()) / 1000));
  return repairFinding(await repairCollation(connection, { signal, limitSeconds, told: repair.told }));
};

/** Where no version can be recorded, the same work would be done at every start. */
const isRepairable = ({ drifts, leftovers }: CollationState): boolean =>
  leftovers.length > 0 || drifts.some(({ mayRecord }) => mayRecord);

const lookAround = (connection: PostgresConnection, signal: AbortSignal) =>
  withSession(connection, { signal }, async (session) =>
    otherDatabases(session, await collationState(session)),
  );

const elsewhere = (names: readonly string[]): Finding =>
  warn(
    `${countText(names.length, 'other database')} of this server ${names.length === 1 ? 'has' : 'have'} another collation version, too: ${shown(names).join(', ')}`,
    "They are not NocoDB's, and left alone. Tell their owner, or run nocodb-backup init with their DATABASE_NAME",
  );
