/** A projector in a process of its own, with many small transactions: `<nats url> <database url>`. It ends when it is killed. */
import process from 'node:process';
import { connect, EventLog } from '@nocodb-backup/messaging';
import { postgresDatabase } from './model/postgres-database.js';
import { Projector } from './projection/projector.js';

const [, , nats = '', database = ''] = process.argv;
const log = new EventLog(await connect({ servers: nats, name: 'projector' }), 'projector');
new Projector(log, postgresDatabase(database), { retryMs: 100, checkMs: 200, batch: 3 }).start();
