import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { openBackup, S3Settings, s3VaultOf, type S3Vault } from '@nocodb-backup/vault';
import type { Child } from './child.js';
import { Installation, type Variables } from './installation.js';
import { problemsOfFiles } from './problems.js';
import { outcomeOf } from './restore-outcome.js';
import { recordsOf, seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

interface Made {
  readonly id: string;
  readonly verdict: string;
  readonly destinations: readonly string[];
  readonly missingFrom: readonly string[];
}

describe('a backup of a real NocoDB that goes to a bucket', () => {
  let source: Source;
  let workspace: SmallWorkspace;
  let server: S3Server;
  let variables: Variables;
  let installation: Installation;
  let bucket: S3Vault;
  const running: Child[] = [];

  beforeAll(async () => {
    source = await startSource();
    workspace = await seedSmall(source.api);
    server = await startS3();
    await server.createBucket('mine');
    variables = {
      NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
      NOCODB_BACKUP_S3_BUCKET: 'mine',
      NOCODB_BACKUP_S3_REGION: server.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
      NOCODB_BACKUP_S3_PART_MIB: '5',
    };
    installation = await Installation.of(source, variables);
    const vault = s3VaultOf(S3Settings.parse(variables));
    if (!vault) throw new Error('no bucket is named');
    bucket = vault;
  }, 600_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((child) => child.kill('SIGTERM')));
  }, 30_000);
  afterAll(async () => {
    bucket.close();
    await installation.remove();
    await server.stop();
    await source.stop();
  }, 60_000);

  const up = async (more: Variables = {}) => {
    running.push(await installation.up(more));
  };
  const backup = async (more: Variables = {}) => {
    const { code, out, err } = await installation.cli(['backup', '--json'], more);
    const made = JSON.parse(out || '{}') as Made;
    return { code, err, ...made };
  };
  const listed = async (id: string) => {
    const { out } = await installation.cli(['list', '--json']);
    return (JSON.parse(out) as Made[]).find((one) => one.id === id);
  };
  const shown = async (at: Installation, id: string) =>
    JSON.parse((await at.cli(['show', id, '--json'])).out) as Record<string, unknown>;
  /** Every file that the manifest names, and those that its lists name, re-read. */
  const isWhole = async (id: string) => {
    const stored = await openBackup(bucket, id);
    const paths = stored.manifest.artifacts.map(({ path }) => path);
    await stored.verify(paths, { signal: AbortSignal.timeout(60_000), progress: () => undefined });
    return paths.length;
  };

  it('lies in both places with one manifest, and every byte of it is right', async () => {
    await up();
    const made = await backup();
    expect(made).toMatchObject({ code: 0, verdict: 'complete', destinations: ['local', 's3'] });
    expect(await isWhole(made.id)).toBeGreaterThan(10);
    const here = await readFile(join(installation.vault, made.id, 'manifest.json'));
    expect(Buffer.from(await bucket.readManifest(made.id))).toEqual(here);
    expect(await bucket.isStaged(made.id)).toBe(false);
    expect(await bucket.unfinished()).toEqual([]);
  }, 120_000);

  it('lies in the bucket alone where no copy is wanted here, and nothing says that one is missing', async () => {
    await up({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true' });
    const { id, ...made } = await backup();
    expect(made).toMatchObject({ code: 0, verdict: 'complete', destinations: ['s3'] });
    expect(existsSync(join(installation.vault, id))).toBe(false);
    expect(await listed(id)).toMatchObject({ verdict: 'complete', destinations: ['s3'], missingFrom: [] });
    await isWhole(id);
  }, 120_000);

  it('is downloaded from the bucket, every digest right, verified in both places, and restored', async () => {
    await up({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true' });
    const { id, ...made } = await backup();
    expect(made).toMatchObject({ code: 0, destinations: ['s3'] });
    expect(existsSync(join(installation.vault, id))).toBe(false);
    const downloaded = await installation.cli(['download', id]);
    expect([downloaded.code, downloaded.code === 0 ? '' : downloaded.err]).toEqual([0, '']);
    expect(await problemsOfFiles(installation, id)).toEqual([]);
    expect(await listed(id)).toMatchObject({ verdict: 'complete', destinations: ['local', 's3'] });
    expect(await installation.cli(['verify', id])).toMatchObject({ code: 0 });

    await source.api.send('DELETE', `/api/v2/tables/${workspace.customers.id}/records`, [{ Id: 1 }]);
    const scope = ['--base', workspace.customers.base_id, '--table', 'Kunden'];
    const wish = ['restore-records', id, ...scope, '--missing', '--with-attachments'];
    const outcome = await outcomeOf(installation, wish);
    expect(outcome).toMatchObject({ verdict: 'completed', leftOut: [], counts: { records: 1, files: 2 } });
    expect(await source.api.count(workspace.customers.id)).toBe(recordsOf.customers);
  }, 180_000);

  it('is as it was once everything here is gone and a fresh event log has imported it', async () => {
    await up();
    const { id } = await backup({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true' });
    const before = await shown(installation, id);
    const fresh = await Installation.of(source, variables);
    try {
      await fresh.up();
      const { code, out } = await fresh.cli(['import', '--json']);
      expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({
        code: 0,
        known: 0,
        refused: [],
        places: [{ destination: 'local', backups: 0 }, { destination: 's3' }],
      });
      const { verdict, source: of, bytes, parts, dump, files, exported } = before;
      expect(await shown(fresh, id)).toMatchObject({
        ...{ verdict, source: of, parts, dump, files, exported },
        ...{ bytes, destinations: ['s3'], knownFrom: 'log' },
      });
      expect(JSON.parse((await fresh.cli(['import', '--json'])).out)).toMatchObject({
        imported: { complete: 0, partial: 0 },
      });
      await source.postgres.query('CREATE DATABASE after_import OWNER nocodb TEMPLATE template0');
      await outcomeOf(fresh, ['restore-dump', id, '--into', 'after_import']);
      expect((await fresh.cli(['verify', id])).code).toBe(0);
    } finally {
      await fresh.remove();
    }
  }, 180_000);

  it('is made by services that share nothing but the log and the bucket', async () => {
    const nats = await startNats();
    const staging = { ...variables, NATS_URL: nats.url, NOCODB_BACKUP_STAGING: 's3' };
    const apart = await Installation.of(source, staging);
    const directoryOf = (name: string) => join(apart.folder, `machine-of-${name}`);
    try {
      for (const name of ['uploader', 'dumper', 'exporter'] as const)
        await apart.service(name, { NOCODB_BACKUP_DIR: directoryOf(name) });
      const id = await apart.request();
      expect(await apart.ended(id)).toBe('complete');
      for (const name of ['uploader', 'dumper', 'exporter'])
        expect(existsSync(directoryOf(name))).toBe(false);
      await isWhole(id);
      expect(await bucket.isStaged(id)).toBe(false);
    } finally {
      await apart.remove();
      await nats.stop();
    }
  }, 120_000);

  it('is whole here and partial when the key is wrong, and the key shows nowhere', async () => {
    const wrong = { NOCODB_BACKUP_S3_SECRET_KEY: 'not-this-one' };
    await up(wrong);
    const { id, ...made } = await backup();
    expect(made).toMatchObject({ code: 3, verdict: 'partial', destinations: ['local'] });
    const { out } = await installation.cli(['show', id]);
    expect(out).toMatch(/not in s3: .*NOCODB_BACKUP_S3_SECRET_KEY/s);
    const facts = JSON.stringify(await installation.facts(id));
    for (const text of [facts, out, made.err, ...running.map((child) => child.err)])
      expect(text).not.toMatch(new RegExp(`not-this-one|${server.secretAccessKey}`));
  }, 120_000);
});
