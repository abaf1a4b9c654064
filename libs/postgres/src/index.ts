export { connectionOf, DatabaseSettings } from './database-settings.js';
export { connectionFromUrl, nameOf, PostgresConnection } from './connection.js';
export { type Dump, dumpDatabase, type DumpOptions } from './dump-database.js';
export { type Client, type ClientProgram, findClient } from './find-client.js';
export { serverFacts, type ServerFacts } from './server-facts.js';
export { type DatabaseContents, type Snapshot, type TableRows, withSnapshot } from './snapshot.js';
