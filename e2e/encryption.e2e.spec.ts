import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import { ensureAge, type S3Server, startS3 } from '@nocodb-backup/testing';
import { S3Settings, s3VaultOf } from '@nocodb-backup/vault';
import { differencesOf, lineOf } from './compare-bases.js';
import { Installation } from './installation.js';
import { digestOf } from './problems.js';
import { emptyTarget } from './restore-harness.js';
import { recordsOf, seedSmall, twice } from './small-workspace.js';
import { type Source, startSource } from './source.js';

const run = promisify(execFile);
const lackOfAge = await ensureAge();
if (lackOfAge !== undefined) process.stderr.write(`encryption.e2e: skipped: ${lackOfAge}\n`);
const withAge = lackOfAge === undefined ? describe : describe.skip;

const commandsOf = (kit: string): string =>
  [...kit.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('');

/** What a person has in the shell who follows a recovery kit. */
const byHand = ({ postgres, variables }: Source) => ({
  PATH: process.env.PATH,
  PGHOST: variables.DATABASE_HOST,
  PGPORT: variables.DATABASE_PORT,
  PGUSER: postgres.superuser,
  PGPASSWORD: postgres.password,
});

/** Of the workspace, and of nothing else. */
const secrets = ['Kunde', 'Auftr', 'Messwert', 'CRM', 'Rechnung', 'Zeile', 'Akte', ...twice];

withAge('an encrypted backup', () => {
  let source: Source;
  let target: Source;
  let maker: Installation;
  let manifest: Manifest;
  let folder: string;
  let secretKey: string;
  let publicKey: string;
  const cleanUps: (() => Promise<void>)[] = [];

  const newKey = async (): Promise<[string, string]> => {
    const { stdout: key } = await run('age-keygen');
    return [key, /public key: (age1\w+)/.exec(key)?.[1] ?? ''];
  };
  const backUp = async (): Promise<Manifest> => {
    const { code, out, err } = await maker.cli(['backup', '--json']);
    if (code !== 0) throw new Error(`backup ended with ${String(code)}: ${out}${err}`);
    return maker.manifest((JSON.parse(out) as { id: string }).id);
  };
  /** Another machine: of the backup it has the vault, and of the keys what is given. */
  const machine = async (variables: Readonly<Record<string, string>>): Promise<Installation> => {
    const installation = await Installation.of(target, { NOCODB_BACKUP_DIR: maker.vault, ...variables });
    cleanUps.push(() => installation.remove());
    await installation.up();
    return installation;
  };

  beforeAll(async () => {
    [source, target] = await Promise.all([startSource(), emptyTarget()]);
    cleanUps.push(source.stop, target.stop);
    await seedSmall(source.api);
    [secretKey, publicKey] = await newKey();
    const [, spare] = await newKey();
    maker = await Installation.of(source, {
      NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: `${publicKey}, ${spare}`,
    });
    cleanUps.push(() => maker.remove());
    await maker.up();
    manifest = await backUp();
    folder = join(maker.vault, manifest.id);
  }, 200_000);
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }, 60_000);

  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  };

  it('is complete, is made without the secret key, and says whom it is for', () => {
    expect(manifest).toMatchObject({ status: 'complete', failures: [] });
    expect(manifest.encryption?.recipients).toContain(publicKey);
    expect(manifest.artifacts.map(({ path }) => path)).toContain('database.sql.gz.age');
  });

  it('tells nothing of what is in it: neither files nor their names, nor the manifest', async () => {
    const open: string[] = [];
    for (const path of await files()) {
      const bytes = await readFile(join(folder, path));
      const text = path.endsWith('.json.gz') ? gunzipSync(bytes).toString() : bytes.toString('latin1');
      expect(secrets.filter((secret) => path.includes(secret) || text.includes(secret))).toEqual([]);
      if (!text.startsWith('age-encryption.org/v1\n')) open.push(path.split('/').at(-1) ?? '');
    }
    expect([...new Set(open)].toSorted()).toEqual(['manifest.json', 'stored-files.json.gz']);
  });

  it('has a digest of every stored file, also of attached ones, that needs no key', async () => {
    for (const { path, bytes, sha256 } of manifest.artifacts)
      expect(await digestOf(join(folder, path))).toBe(`${bytes} ${sha256}`);
    const lists = manifest.artifacts.filter(({ path }) => path.endsWith('/stored-files.json.gz'));
    const listed = await Promise.all(lists.map(({ path }) => readFile(join(folder, path))));
    const attached = listed.flatMap((list) => JSON.parse(gunzipSync(list).toString()) as { path: string }[]);
    const known = [...manifest.artifacts, ...attached].map(({ path }) => path);
    expect([...known, 'manifest.json'].toSorted()).toEqual((await files()).toSorted());
    expect(attached).toHaveLength(twice.length);
  });

  it('is refused where no key is, or a wrong one, before anything is touched', async () => {
    const [strange] = await newKey();
    const before = await target.api.bases();
    for (const variables of [{}, { NOCODB_BACKUP_IDENTITY: strange }]) {
      const { code, out, err } = await (
        await machine(variables)
      ).cli(['restore-schema', manifest.id, '--force']);
      expect(code).toBe(11);
      expect(out + err).toContain(publicKey);
      expect(out + err).toContain('NOCODB_BACKUP_IDENTITY');
      expect(out + err).not.toContain('AGE-SECRET-KEY-1Q');
    }
    expect(await target.api.bases()).toEqual(before);
  }, 60_000);

  it('is verified where no key is, and shown with ids instead of titles', async () => {
    const installation = await machine({});
    const verified = await installation.cli(['verify', manifest.id]);
    expect([verified.code, verified.code === 0 ? '' : verified.out + verified.err]).toEqual([0, '']);
    expect(verified.out + verified.err).toMatch(/what is in its files was not looked at/);
    const { out } = await installation.cli(['inspect', manifest.id]);
    expect(out).toContain('ids stand for titles');
    expect(secrets.filter((secret) => out.includes(secret))).toEqual([]);
  }, 60_000);

  it('is restored where the key is: every base equals the source', async () => {
    const keyFile = join(maker.folder, 'identity.txt');
    await writeFile(keyFile, secretKey);
    const installation = await machine({ NOCODB_BACKUP_IDENTITY_FILE: keyFile });
    for (const args of [['restore-schema'], ['restore-records', '--with-attachments']]) {
      const { code, out, err } = await installation.cli([...args, manifest.id, '--force']);
      expect([code, code === 0 ? '' : out + err]).toEqual([0, '']);
    }
    const { out: tree } = await installation.cli(['inspect', manifest.id]);
    expect(tree).toContain('"Messwerte"');
    const { code: verified, out: findings } = await installation.cli(['verify', manifest.id]);
    expect([verified, verified === 0 ? '' : findings]).toEqual([0, '']);
    const theirs = await source.api.bases();
    const ours = await target.api.bases();
    expect(ours.map(({ title }) => title).toSorted()).toEqual(theirs.map(({ title }) => title).toSorted());
    for (const { id: baseId, title } of theirs) {
      const rank = theirs.filter((base) => base.title === title).findIndex(({ id }) => id === baseId);
      const twin = ours.filter((base) => base.title === title)[rank]?.id ?? '';
      const left = { api: source.api, baseId };
      expect((await differencesOf(left, { api: target.api, baseId: twin })).map(lineOf)).toEqual([]);
    }
  }, 120_000);

  it('comes back with the recovery kit and age, gunzip, psql, tar and jq alone', async () => {
    const { code, out: kit, err } = await maker.cli(['recovery-kit']);
    expect([code, err]).toEqual([0, '']);
    expect(kit).toContain(publicKey);
    expect(kit).not.toMatch(/AGE-SECRET-KEY-1[A-Z0-9]{20}|password.*nocodb/i);
    const place = join(maker.folder, 'recovery');
    await mkdir(place);
    await writeFile(join(place, 'identity.txt'), secretKey);
    const commands = commandsOf(kit);
    const { stdout } = await run('bash', ['-e', '-u', '-c', commands], { cwd: place, env: byHand(source) });
    expect(stdout).toContain('complete\n');
    expect(stdout).toMatch(/bases\/p\w+\/tables\/m\w+ is Messwerte/);
    expect(stdout).toMatch(/4000 rows in \w+\.Messwerte/);
    const schema = /4000 rows in (\w+)\.Messwerte/.exec(stdout)?.[1] ?? '';
    const rows = await source.postgres.query(
      `SELECT count(*)::int AS count FROM "${schema}"."Messwerte"`,
      undefined,
      'nocodb_recovered',
    );
    expect(JSON.stringify(rows)).toContain(String(recordsOf.measurements));
    expect(await readdir(join(place, 'nocodb-data'), { recursive: true })).toContain('nc/uploads');
  }, 60_000);

  it('leaves backups that are not encrypted restorable where others are encrypted now', async () => {
    await maker.stop();
    await maker.up({ NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: '' });
    const open = await backUp();
    expect(open.encryption).toBeUndefined();
    await maker.stop();
    await maker.up();
    const { code, out, err } = await maker.cli(['restore-records', open.id, '--missing', '--plan']);
    expect([code, code === 0 ? '' : out + err]).toEqual([0, '']);
  }, 120_000);

  describe('with a passphrase, straight into a bucket', () => {
    const passphrase = 'drawn by lot: horse lamp river ink';
    let server: S3Server;
    let apart: Installation;
    let bucketVariables: Readonly<Record<string, string>>;
    let id: string;

    beforeAll(async () => {
      server = await startS3();
      cleanUps.push(() => server.stop());
      await server.createBucket('mine');
      bucketVariables = {
        NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
        NOCODB_BACKUP_S3_BUCKET: 'mine',
        NOCODB_BACKUP_S3_REGION: server.region,
        NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
        NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
      };
      const file = join(maker.folder, 'passphrase.txt');
      await writeFile(file, `${passphrase}\n`);
      const { superuser, password, host, port } = source.postgres;
      apart = await Installation.of(source, {
        ...bucketVariables,
        NOCODB_BACKUP_STAGING: 's3',
        NOCODB_BACKUP_ENCRYPTION_PASSPHRASE_FILE: file,
        NOCODB_BACKUP_DRILL_DATABASE_URL: `postgres://${superuser}:${password}@${host}:${port}/postgres`,
      });
      cleanUps.push(() => apart.remove());
      await apart.up();
      const { code, out, err } = await apart.cli(['backup', '--json']);
      if (code !== 0) throw new Error(`backup ended with ${String(code)}: ${out}${err}`);
      ({ id } = JSON.parse(out) as { id: string });
    }, 600_000);

    it('lies there encrypted, file by file, with the keys of its parts, and the passphrase is nowhere', async () => {
      const bucket = s3VaultOf(S3Settings.parse(bucketVariables));
      if (!bucket) throw new Error('no bucket is named');
      const paths: string[] = [];
      for await (const { path } of bucket.files(id)) {
        const bytes = await buffer(await bucket.open(id, path));
        if (path.endsWith('.age')) expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
        else expect(path).toMatch(/stored-files\.json\.gz$|^manifest\.json$/);
        paths.push(path);
      }
      expect(paths).toEqual(
        expect.arrayContaining(['database.sql.gz.age', 'key-dump.age', 'key-export.age', 'key-files.age']),
      );
      expect(await bucket.isStaged(id)).toBe(false);
      bucket.close();
      const { out: events } = await apart.cli(['events', id, '--json']);
      expect(events).toContain('key-dump.age');
      expect(events).not.toContain('horse');
    }, 60_000);

    it('is not restored without the passphrase, nor with another one, and a drill says nothing of damage', async () => {
      const { code, out, err } = await apart.cli(['download', id]);
      expect([code, code === 0 ? '' : out + err]).toEqual([0, '']);
      const there = { NOCODB_BACKUP_DIR: apart.vault };
      const other = await machine({
        ...there,
        NOCODB_BACKUP_ENCRYPTION_PASSPHRASE: 'another one by lot: sea',
      });
      const restored = await other.cli(['restore-schema', id, '--force']);
      expect(restored.code).toBe(11);
      expect(restored.out + restored.err).toMatch(
        /PASSPHRASE is another one than that with which it was made/,
      );
      const drilled = await other.cli(['drill', id]);
      expect(drilled.code).toBe(1);
      expect(drilled.out + drilled.err).toMatch(/PASSPHRASE is another one/);
      expect(drilled.out + drilled.err).not.toMatch(/damaged/i);
      const doctor = await other.cli(['doctor', '--json']);
      expect(doctor.out).toMatch(/"encryption",\s*"status": "warn"[\s\S]*another one than that/);
      expect(restored.out + restored.err + drilled.out + doctor.out).not.toMatch(/horse|by lot: sea/);
    }, 90_000);

    it('is looked into, and drilled, with the passphrase', async () => {
      const verified = await apart.cli(['verify', id]);
      expect([verified.code, verified.out + verified.err]).toEqual([
        0,
        expect.not.stringContaining('not looked at'),
      ]);
      const drilled = await apart.cli(['drill', id]);
      expect([drilled.code, drilled.code === 0 ? '' : drilled.out + drilled.err]).toEqual([0, '']);
      const inspected = await apart.cli(['inspect', id, '--json']);
      const { artifacts } = JSON.parse(inspected.out) as Manifest;
      expect(artifacts.map(({ path }) => path)).toContain('database.sql.gz.age');
      expect(inspected.out).toContain('Messwerte');
    }, 90_000);

    it('comes back with the recovery kit, the passphrase and age alone', async () => {
      const {
        code,
        out: kit,
        err,
      } = await maker.cli(['recovery-kit', id], {
        NOCODB_BACKUP_DIR: apart.vault,
        NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: '',
      });
      expect([code, err]).toEqual([0, '']);
      const place = join(apart.folder, 'recovery');
      await mkdir(place);
      await writeFile(join(place, 'kit.sh'), commandsOf(kit).replaceAll('_recovered', '_by_hand'));
      // age reads a passphrase from a terminal alone.
      await writeFile(join(place, 'typed.txt'), `${passphrase}\n`);
      const followed = 'script -qec "bash -e -u kit.sh > told.txt 2> errors.txt" /dev/null < typed.txt';
      await run('bash', ['-c', followed], { cwd: place, env: byHand(source) }).catch(
        async (error: unknown) => {
          throw new Error(await readFile(join(place, 'errors.txt'), 'utf8'), { cause: error });
        },
      );
      const told = await readFile(join(place, 'told.txt'), 'utf8');
      expect(told).toMatch(/bases\/p\w+\/tables\/m\w+ is Messwerte/);
      expect(told).toMatch(/4000 rows in \w+\.Messwerte/);
      expect(await readdir(join(place, 'nocodb-data'), { recursive: true })).toContain('nc/uploads');
    }, 90_000);
  });
});
