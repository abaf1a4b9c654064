export {
  type CollationDrift,
  collationState,
  type CollationState,
  otherDatabases,
  type OtherDatabases,
} from './collation/collation-state.js';
export { recordingSql } from './collation/record-version.js';
export { type RebuildFailure } from './collation/rebuild-indexes.js';
export { type RebuildProgress } from './collation/rebuild-progress.js';
export { type CollationRepair, repairCollation, type RepairOptions } from './collation/repair-collation.js';
export { connectionOf, DatabaseSettings } from './database-settings.js';
export { connectionFromUrl, nameOf, PostgresConnection } from './connection.js';
export { createDatabase, type Locale } from './create-database.js';
export {
  clientsOf,
  commentedDatabases,
  commentOn,
  type ConnectedClient,
  currentRole,
  type Database,
  databaseNamed,
  disconnect,
  dropDatabase,
  dropUnusedDatabase,
  type Role,
} from './databases.js';
export { type Dump, dumpDatabase, type DumpOptions, type Passage } from './dump-database.js';
export { DamagedDumpError, guardedDump } from './dump-guard.js';
export { type Client, type ClientProgram, findClient, findPsql } from './find-client.js';
export { loadDump, type LoadOptions, RejectedDumpError } from './load-dump.js';
export { withMaintenance } from './maintenance.js';
export { codeBehind } from './postgres-error.js';
export { factsOf, serverFacts, type ServerFacts } from './server-facts.js';
export { type Session, type SessionOptions, withSession } from './session.js';
export { type DatabaseContents, type Snapshot, type TableRows, withSnapshot } from './snapshot.js';
export { identifier, literal } from './sql.js';
export { renameSql, type Swap, swapDatabases } from './swap-databases.js';
