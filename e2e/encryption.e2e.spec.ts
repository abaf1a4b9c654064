import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import { ensureAge } from '@nocodb-backup/testing';
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
    const commands = [...kit.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('');
    const { DATABASE_HOST: PGHOST, DATABASE_PORT: PGPORT } = source.variables;
    const { stdout } = await run('bash', ['-e', '-u', '-c', commands], {
      cwd: place,
      env: {
        PATH: process.env.PATH,
        PGHOST,
        PGPORT,
        PGUSER: source.postgres.superuser,
        PGPASSWORD: source.postgres.password,
      },
    });
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
});
