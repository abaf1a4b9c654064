import { createReadStream } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { Decrypter } from 'age-encryption';
import { DamagedBackupError } from '../damaged-backup.js';
import { DamageError } from '../damage-error.js';
import { DirectoryVault } from '../directory-vault.js';
import { openBackup } from '../open-backup.js';
import { entriesOf, ID, MANIFEST, RECORDS } from '../sealed-backup.harness.js';
import { encryptingPlace, encryptingStaging } from './encrypting-place.js';
import { isKeyFile } from './key-files.js';
import { backupKeys, type Readership } from './readership.js';
import { newIdentity, recipientOf, type Recipients } from './recipients.js';

const { signal } = new AbortController();
const identity = await newIdentity();
const stranger = await newIdentity();
const recipients = await recipientOf(identity);
const sandboxes: string[] = [];
let root: string;
let vault: DirectoryVault;

const BASE = 'bases/p1';
const TABLE = `${BASE}/tables/m1`;
const FILE = `${TABLE}/attachments/c2/1_0`;
const lines = (items: readonly unknown[]) => gzipSync(JSON.stringify(items));
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const sha256 = 'a'.repeat(64);

const contents = {
  'database.sql.gz': gzipSync('SELECT 1;'),
  [`${BASE}/metadata.json`]: json({
    base: { id: 'p1', title: 'Kunden' },
    tables: [{ tableId: 'm1', title: 'Ärzte' }],
  }),
  [`${TABLE}/schema.json`]: json({ table: { id: 'm1' } }),
  [`${TABLE}/records.json.gz`]: lines(RECORDS),
  [`${TABLE}/attachments.json.gz`]: lines(entriesOf({ path: FILE, bytes: 1, sha256 })),
};

/** As the services make one; some files may not be encrypted. */
const seal = async (to: Readership, open: readonly string[] = []): Promise<Manifest> => {
  const staging = encryptingPlace(vault, to).stage(ID, 'a1');
  const { secrecy } = staging;
  if (!secrecy) throw new Error('nothing is encrypted');
  const artifacts = [...(await secrecy.storeKey('dump')), ...(await secrecy.storeKey('export'))];
  for (const [path, bytes] of Object.entries(contents)) {
    const place = open.includes(path) ? vault.stage(ID, 'a1') : staging;
    artifacts.push(await place.store(path, Readable.from([bytes])));
  }
  const attached = await staging.store(FILE, Readable.from([Buffer.from('x')]));
  const list = lines([{ record: null, column: 'c2', index: 0, title: '', mimetype: null, ...attached }]);
  artifacts.push(await secrecy.storePlain(`${TABLE}/stored-files.json.gz`, Readable.from([list])));
  for (const artifact of [...artifacts, attached]) await vault.publish(ID, 'a1', artifact);
  const manifest = manifestWith(artifacts, await secrecy.recipients());
  await vault.writeManifest(ID, json(manifest));
  await vault.sweep(ID);
  return manifest;
};

const manifestWith = (artifacts: readonly Artifact[], to: string[]): Manifest => {
  const { parts } = MANIFEST;
  const [table] = parts.export.bases[0]?.tables ?? [];
  const tables = table ? [{ ...table, title: 'm1', folder: TABLE }] : [];
  return {
    ...MANIFEST,
    encryption: { format: 'age', recipients: to },
    parts: {
      ...parts,
      export: { ...parts.export, bases: [{ id: 'p1', title: 'p1', folder: BASE, tables }] },
    },
    artifacts: artifacts.map((artifact) => ({
      ...artifact,
      part: /^(database|key-dump)/.test(artifact.path) ? ('dump' as const) : ('export' as const),
    })),
  };
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vault-'));
  sandboxes.push(root);
  vault = new DirectoryVault(root);
  await seal({ recipients });
});
afterAll(() => Promise.all(sandboxes.map((folder) => rm(folder, { recursive: true, force: true }))));

const open = (...identities: string[]) => openBackup(vault, ID, { identities });
const everything = ['database.sql.gz', `${TABLE}/records.json.gz`, `${TABLE}/attachments.json.gz`];
const verify = async (wanted = everything, ...identities: string[]) => {
  const backup = await open(...identities);
  await backup.verify(wanted, { signal, progress: () => undefined });
};
const flip = async (path: string) => {
  const bytes = await readFile(join(root, ID, path));
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  await writeFile(join(root, ID, path), bytes);
};

describe('an encrypted backup', () => {
  it('reads as one that is not, where a secret key fits', async () => {
    const backup = await open(await newIdentity(), identity);
    expect(backup.locked).toBeUndefined();
    const [base] = backup.bases;
    const [table] = base?.tables ?? [];
    expect([base?.title, table?.entry.title]).toEqual(['Kunden', 'Ärzte']);
    expect(JSON.stringify(await Array.fromAsync(table?.records(signal) ?? []))).toBe(JSON.stringify(RECORDS));
    expect(await Array.fromAsync(table?.attachments(signal) ?? [])).toMatchObject([
      { title: 'x.png', path: FILE },
      { missing: 'HTTP 404' },
    ]);
    expect(await text(await backup.open(FILE))).toBe('x');
    expect(backup.manifest.artifacts.map(({ path }) => path)).toContain('database.sql.gz');
  });

  it.each([
    ['none', [], /no secret key is known here/],
    ['a wrong one', [stranger], /is the secret key of age1/],
  ])(
    'says with %s which key and which variable are wanted, and gives nothing out',
    async (_, keys, reason) => {
      const backup = await open(...keys);
      expect(backup.locked).toMatch(reason);
      expect(backup.locked).toContain(recipients[0]);
      expect(backup.locked).toContain('NOCODB_BACKUP_IDENTITY');
      expect(backup.bases[0]?.title).toBe('p1');
      await expect(backup.open('database.sql.gz')).rejects.toThrow(PermanentError);
      await expect(Array.fromAsync(backup.bases[0]?.tables[0]?.records(signal) ?? [])).rejects.toThrow(
        reason,
      );
    },
  );

  it('is verified without a key, attached files included', async () => {
    await verify();
    for (const path of [`${TABLE}/records.json.gz.age`, `${FILE}.age`]) {
      await flip(path);
      await expect(verify()).rejects.toThrow(DamagedBackupError);
      await expect(verify()).rejects.toThrow(path);
      await flip(path);
    }
    await verify(everything, identity);
  });

  it('names the file that is damaged when it is read all the same', async () => {
    await flip('database.sql.gz.age');
    const stream = await (await open(identity)).open('database.sql.gz');
    const reading = text(stream);
    await expect(reading).rejects.toThrow(DamageError);
    await expect(reading).rejects.toThrow(/database\.sql\.gz\.age of backup 2026/);
  });

  it('keeps ids, and says why, where the titles of a base are damaged', async () => {
    await flip(`${BASE}/metadata.json.age`);
    const { manifest, locked } = await open(identity);
    expect([locked, manifest.parts.export.bases[0]?.title]).toEqual([undefined, 'p1']);
    expect(manifest.warnings.join()).toMatch(/titles of base p1 are not known.*damaged/);
  });

  it('closes the file of a stream that nobody has read', async () => {
    const opened: Readable[] = [];
    const watching = Object.assign(Object.create(vault) as DirectoryVault, {
      open: (id: string, path: string) => {
        const stream = createReadStream(join(root, id, path));
        opened.push(stream);
        return Promise.resolve(stream);
      },
    });
    const stream = await (await openBackup(watching, ID, { identities: [identity] })).open('database.sql.gz');
    stream.destroy();
    await new Promise((resolve) => opened.at(-1)?.once('close', resolve));
    expect(opened.at(-1)?.destroyed).toBe(true);
  });
});

describe('a backup of which the dump alone is not encrypted', () => {
  it('is locked in its other parts only, without a key', async () => {
    await rm(join(root, ID), { recursive: true });
    await seal({ recipients }, ['database.sql.gz', `${BASE}/metadata.json`]);
    const backup = await open();
    expect([...(backup.lockedParts ?? [])]).toEqual(['export']);
    expect(gunzipSync(await buffer(await backup.open('database.sql.gz'))).toString()).toBe('SELECT 1;');
    expect(backup.bases[0]?.title).toBe('Kunden');
    expect((await open(identity)).lockedParts).toBeUndefined();
  });
});

describe('a backup that is encrypted with a passphrase', () => {
  const passphrase = 'five words drawn by lot';
  const opened = (word?: string) => openBackup(vault, ID, { identities: [], passphrase: word });
  let manifest: Manifest;
  let kept: string | undefined;
  // Made once, since a passphrase takes its time.
  beforeEach(async () => {
    await rm(join(root, ID), { recursive: true });
    if (kept !== undefined) return cp(kept, root, { recursive: true });
    manifest = await seal({ recipients: [], passphrase });
    kept = await mkdtemp(join(tmpdir(), 'vault-'));
    sandboxes.push(kept);
    await cp(root, kept, { recursive: true });
  });

  it('is opened by it, also by the key of one part when the other is damaged', async () => {
    expect(manifest.artifacts.filter(isKeyFile).map(({ path, part }) => [path, part])).toEqual([
      ['key-dump.age', 'dump'],
      ['key-export.age', 'export'],
    ]);
    await flip('key-dump.age');
    const backup = await opened(passphrase);
    expect([backup.locked, backup.bases[0]?.title]).toEqual([undefined, 'Kunden']);
    expect(await text(await backup.open(FILE))).toBe('x');
    await expect(verify([...everything, 'key-dump.age'])).rejects.toThrow(/key-dump\.age/);
  });

  it('is opened by the key that the passphrase gives out, by which program ever', async () => {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    const file = await readFile(join(root, ID, 'key-export.age'));
    const key = await decrypter.decrypt(file, 'text');
    expect((await open(key.trim())).locked).toBeUndefined();
  });

  it('says that another passphrase is wrong, or that one is wanted, and tells none', async () => {
    const other = await opened('five other words by lot');
    expect(other.locked).toMatch(/NOCODB_BACKUP_ENCRYPTION_PASSPHRASE is another one than that with which/);
    expect(other.locked).not.toMatch(/five|words/);
    const none = await opened();
    expect(none.locked).toMatch(/whoever knows its passphrase, and no secret key is known here: set NOCODB_/);
  });

  it('has a key of its own, the same for whoever makes a part of it', async () => {
    const [first, again, other] = await Promise.all(
      [ID, ID, '2026-02-06_05-15-00'].map((id) => backupKeys({ recipients, passphrase })(id)),
    );
    expect(again?.recipients).toEqual(first?.recipients);
    expect(first?.recipients).toEqual([recipients[0], ...(manifest.encryption?.recipients ?? [])]);
    expect(other?.recipients[1]).not.toBe(first?.recipients[1]);
  });
});

const keys = (to: Recipients) => () => Promise.resolve({ recipients: to });

describe('encryption in passing', () => {
  it('leaves nothing, and no plain text, when it fails on the way', async () => {
    const staging = encryptingStaging(vault.stage(ID, 'a2'), keys(recipients));
    const failing = async function* () {
      yield await Promise.resolve(Buffer.from('secret'.repeat(100_000)));
      throw new Error('the source is gone');
    };
    await expect(staging.store('database.sql.gz', failing())).rejects.toThrow('the source is gone');
    const unusable = encryptingStaging(vault.stage(ID, 'a3'), keys(['age1none']));
    await expect(unusable.store('database.sql.gz', Readable.from([Buffer.from('secret')]))).rejects.toThrow();
    const left = await readdir(join(root, '.staging'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });
});
