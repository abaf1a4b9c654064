import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';
import { writeBackup } from '../table-diff/two-backups.harness.js';

const recipient = 'age1t3xn6vqd4w4p2uawgl9kg6qx0nn5tynjnft59me9jer0ddajag4q6tz4t2';
const identity = 'AGE-SECRET-KEY-1GQN3E6R3NRVV8PWYKTZW664C77GUFKC9VEJ6JVFP2D3G0YDLEEWS73AD3J';
const [open, sealed, later] = ['05', '06', '07'].map((day) => `2026-02-${day}_05-15-00`) as [
  string,
  string,
  string,
];
const columns = [
  { id: 'c1', title: 'Id', uidt: 'ID', pk: true },
  { id: 'c2', title: 'Name', uidt: 'SingleLineText' },
];
const orders = (...names: readonly string[]) => [
  { id: 'm1', title: 'Orders', columns, rows: names.map((Name, index) => ({ Id: index + 1, Name })) },
];

/** One of the backups lies in the directory, the others, encrypted, in the bucket. */
describe('diff of backups elsewhere', () => {
  let server: S3Server;
  let root: string;
  let env: Record<string, string>;
  const cli = (more: Record<string, string>, ...argv: string[]) =>
    ranCli({ env: { ...env, ...more } }, 'diff', ...argv);

  beforeAll(async () => {
    server = await startS3();
    await server.createBucket('elsewhere');
    root = await mkdtemp(join(tmpdir(), 'nocodb-backup-diff-'));
    const bucket = {
      NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
      NOCODB_BACKUP_S3_BUCKET: 'elsewhere',
      NOCODB_BACKUP_S3_REGION: server.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
    };
    env = { NOCODB_BACKUP_DIR: root, ...bucket };
    const encrypted = { ...env, NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipient };
    await writeBackup({ NOCODB_BACKUP_DIR: root }, open, orders('Ada', 'Bob', 'Eve'));
    await writeBackup(encrypted, sealed, orders('Ada', 'Bob', 'Eve'));
    await writeBackup(encrypted, later, orders('Ada', 'Rob'));
  }, 600_000);
  afterAll(async () => {
    await server.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('reads both with the key, wherever they lie, and finds them by their titles', async () => {
    const key = { NOCODB_BACKUP_IDENTITY: identity };
    const { code, out, err } = await cli(key, sealed, later, '--base', 'CRM', '--table', 'Orders');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').slice(0, 2)).toEqual(['~ 2  Name: "Bob" > "Rob"', '- 3  Id: 3; Name: "Eve"']);
    const counted = (await cli(key, open, later, '--json')).out;
    expect(JSON.parse(counted)).toMatchObject([{ title: 'Orders', added: 0, changed: 1, removed: 1 }]);
  });

  it('finds the same content although one is encrypted and the other is not', async () => {
    const { code, out } = await cli({ NOCODB_BACKUP_IDENTITY: identity }, open, sealed);
    expect([code, out]).toEqual([0, '1 table compared, 1 without a change\n']);
  });

  it('says which key is missing, and compares nothing', async () => {
    const { code, out, err } = await cli({}, open, sealed);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/encrypted.*NOCODB_BACKUP_IDENTITY/s);
    expect(err).not.toContain('could not be compared');
  });
});
