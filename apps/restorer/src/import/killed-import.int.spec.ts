import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backupIdOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { ID, Sandbox } from '../verification/verification.harness.js';

const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, '../main.ts');
const most = 600;
const importId = '2026-11-22_05-15-00';
const ids = Array.from({ length: most }, (_, n) =>
  backupIdOf(new Date(Date.UTC(2020, 0, 1) + n * 3_600_000)),
);
const imported = 'evt.backup.*.BackupImported.*';

let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let sandbox: Sandbox;
const children: ChildProcess[] = [];

beforeEach(async () => {
  sandbox = await Sandbox.make();
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  log = new EventLog(connection, 'spec');
}, 30_000);
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await connection.close();
  await nats.stop();
  await sandbox.remove();
}, 30_000);

const spawnRestorer = () => {
  const own = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: sandbox.root, NOCODB_API_URL: 'http://127.0.0.1:1' };
  const env = { ...process.env, ...own, NOCODB_BACKUP_ACK_WAIT_SECONDS: '1', LOG_LEVEL: 'fatal' };
  const args = ['--import', HOOKS, PROGRAM];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return child;
};
/** As many as lie in a vault of years; each with the manifest of the one that was made. */
const fill = async () => {
  await sandbox.seal();
  const manifest = await readFile(sandbox.place('manifest.json'), 'utf8');
  for (const id of ids) {
    await mkdir(sandbox.place('', id));
    await writeFile(sandbox.place('manifest.json', id), manifest.replaceAll(ID, id));
  }
};
const found = async () =>
  (await Array.fromAsync(log.read(imported))).map(({ data }) => (data as e.BackupImported['data']).backupId);

describe('an import that is killed in the middle', () => {
  it('is gone on with, and ends with each backup imported once', async () => {
    await fill();
    const killed = spawnRestorer();
    const wish = { source: 'default', deleted: false, requestedBy: 'ada' };
    const request = e.ImportRequested({ importId, ...wish });
    const patience = AbortSignal.timeout(60_000);
    await poll(() => log.append(request).catch(() => undefined), patience);
    await poll(async () => (await found()).length > 0 || undefined, patience);
    const over = once(killed, 'exit');
    killed.kill('SIGKILL');
    await over;
    const before = (await found()).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(most);

    spawnRestorer();
    const ended = await poll(() => log.last(e.ImportCompleted.subjectFor({ importId })), patience);
    expect(ended.data).toMatchObject({ imported: { complete: most + 1, partial: 0 }, known: 0, refused: [] });
    expect((await found()).sort()).toEqual([...ids, ID]);
    expect((await readBackup(log, ids[0] ?? ''))?.ending?.state).toBe('sealed');
  }, 120_000);
});
