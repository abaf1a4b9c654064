import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttachmentEntry } from '@nocodb-backup/backup';
import { DirectoryVault, jsonLines, type Staging, stagingPlaceOf } from '@nocodb-backup/vault';
import { type ListedFile, storedLists } from './attachment-lists.js';

const id = '2026-02-05_05-15-00';
const folder = 'bases/p1/tables/m1';
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const sandboxes: string[] = [];
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lists-'));
  sandboxes.push(root);
});
afterAll(() => Promise.all(sandboxes.map((sandbox) => rm(sandbox, { recursive: true, force: true }))));

const staging = (recipients?: readonly [string]): Staging =>
  stagingPlaceOf({
    NOCODB_BACKUP_DIR: root,
    NOCODB_BACKUP_S3_REGION: 'x',
    NOCODB_BACKUP_S3_PREFIX: 'x',
    NOCODB_BACKUP_S3_PART_MIB: 16,
    ...(recipients ? { NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipients } : {}),
  }).stage(id, 'a1');
const job = (sink: Staging, signal = new AbortController().signal) => ({
  sink,
  planned: { folder, title: 'Ärzte' },
  signal,
});

const plain = (number: number) => ({
  path: `${folder}/attachments/c/${number}_0`,
  bytes: number,
  sha256: 'a'.repeat(64),
});
const entry = (number: number): AttachmentEntry => ({
  ...{ record: number, column: 'c', index: 0, title: `secret ${number}`, mimetype: null },
  ...(number % 10 === 0 ? { missing: 'HTTP 404' } : plain(number)),
});
const count = 5_000;
async function* files(onEach: (number: number) => void = () => undefined): AsyncGenerator<ListedFile> {
  for (let number = 1; number <= count; number++) {
    onEach(number);
    const stored = { ...plain(number), path: `${plain(number).path}.age`, bytes: number + 200 };
    yield await Promise.resolve({ entry: entry(number), stored: number % 10 === 0 ? undefined : stored });
  }
}
const listAt = async (path: string): Promise<AttachmentEntry[]> => {
  const source = await new DirectoryVault(root).openArtifact(id, 'a1', path);
  return (await Array.fromAsync(jsonLines(source))) as AttachmentEntry[];
};

describe('the lists of attached files', () => {
  it('are one where nothing is secret', async () => {
    const { artifacts, index } = await storedLists(job(staging()), files());
    expect(artifacts.map(({ path }) => path)).toEqual([index]);
    expect(await listAt(index)).toEqual(Array.from({ length: count }, (_, number) => entry(number + 1)));
  });

  it('are two where titles are: the one in clear has every stored file, and no title', async () => {
    const { artifacts, index } = await storedLists(job(staging([recipient])), files());
    expect(artifacts.map(({ path }) => path)).toEqual([`${folder}/attachments.json.gz.age`, index]);
    const listed = await listAt(index);
    expect(listed).toHaveLength(count * 0.9);
    expect(listed[0]).toMatchObject({
      path: `${folder}/attachments/c/1_0.age`,
      bytes: 201,
      title: '',
      record: null,
    });
    expect(JSON.stringify(listed)).not.toContain('secret');
  });

  it('fail together, and at once, when one of them cannot be stored', async () => {
    const sink = staging([recipient]);
    await sink.secrecy?.storePlain(`${folder}/stored-files.json.gz`, Readable.from([Buffer.from('taken')]));
    await expect(storedLists(job(sink), files())).rejects.toThrow(/stored-files\.json\.gz is there already/);
    const other = staging([recipient]);
    await other.discard();
    await other.store(`${folder}/attachments.json.gz`, Readable.from([Buffer.from('taken')]));
    await expect(storedLists(job(other), files())).rejects.toThrow(
      /attachments\.json\.gz\.age is there already/,
    );
  });

  it('fail when a file cannot be had, or the work is stopped', async () => {
    const broken = files((number) => {
      if (number === 3_000) throw new Error('the vault is full');
    });
    await expect(storedLists(job(staging([recipient])), broken)).rejects.toThrow('the vault is full');
    const stopping = new AbortController();
    const stopped = files((number) => {
      if (number === 3_000) stopping.abort(new Error('stopped'));
    });
    await expect(storedLists(job(staging([recipient]), stopping.signal), stopped)).rejects.toThrow('stopped');
  });
});
