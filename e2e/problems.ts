import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Manifest } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';
import { poll } from '@nocodb-backup/testing';
import type { Installation } from './installation.js';
import { stored } from './stored.js';

/** All that is wrong with an ended backup's log and files; empty for a good one. */
export const problemsOf = async (installation: Installation, id: string): Promise<string[]> => [
  ...(await problemsOfLog(installation, id)),
  ...(await problemsOfFiles(installation, id)),
];

/** Every outcome was recorded once, and nothing by two. */
const problemsOfLog = async (installation: Installation, id: string): Promise<string[]> => {
  const facts = await installation.facts(id);
  const subjects = facts.map(({ subject }) => subject);
  const keys = facts.map(({ type, data }) => outcomeOf(type, data)).filter((key) => key !== undefined);
  const planned = facts.flatMap(({ type, data }) =>
    type === 'ExportPlanned' ? data.tables.map(({ tableId }) => `table ${tableId}`) : [],
  );
  const settled = keys.filter((key) => key.startsWith('table '));
  return [
    ...repeated(subjects).map((subject) => `recorded twice: ${subject}`),
    ...repeated(keys).map((key) => `two outcomes of ${key}`),
    ...planned.filter((table) => !settled.includes(table)).map((table) => `no outcome of ${table}`),
    ...(facts.at(-1)?.type === 'Uploaded' ? [] : [`the last fact is ${String(facts.at(-1)?.type)}`]),
  ];
};

const parts: Readonly<Record<string, string>> = {
  DumpCompleted: 'dump',
  DumpFailed: 'dump',
  FilesArchived: 'files',
  FilesArchiveFailed: 'files',
  ExportCompleted: 'export',
  ExportFailed: 'export',
  Uploaded: 'backup',
  UploadFailed: 'backup',
};

const outcomeOf = (type: string, data: object): string | undefined =>
  (type === 'TableExported' || type === 'TableExportFailed') && 'tableId' in data
    ? `table ${String(data.tableId)}`
    : parts[type];

const repeated = (values: readonly string[]) =>
  values.filter((value, index) => values.indexOf(value) !== index);

/** The folder holds what the manifest lists, byte by byte, and nothing else; no attempt has left anything. */
export const problemsOfFiles = async (installation: Installation, id: string): Promise<string[]> => {
  const manifest = await installation.manifest(id);
  const folder = join(installation.vault, id);
  const artifacts = [...manifest.artifacts, ...(await attachedFiles(folder, manifest))];
  const there = await filesIn(folder);
  const listed = new Set(['manifest.json', ...artifacts.map(({ path }) => path)]);
  const digests = await Promise.all(
    artifacts.map(async ({ path, bytes, sha256 }) => {
      const found = await digestOf(join(folder, path)).catch(String);
      return found === `${bytes} ${sha256}` ? [] : [`${path} is not what the manifest says: ${found}`];
    }),
  );
  return [
    ...there.filter((path) => !listed.has(path)).map((path) => `not in the manifest: ${path}`),
    ...repeated(artifacts.map(({ path }) => path.toLowerCase())).map((path) => `listed twice: ${path}`),
    ...digests.flat(),
    ...(await staged(installation, id)).map((path) => `left in staging: ${path}`),
  ];
};

/** Attached files are listed in the index of their table. */
const attachedFiles = async (folder: string, { artifacts }: Manifest): Promise<Artifact[]> => {
  const indexes = artifacts.filter(({ path }) => path.endsWith('/attachments.json.gz'));
  const entries = await Promise.all(indexes.map(({ path }) => stored<Partial<Artifact>[]>(folder, path)));
  const isStored = (entry: Partial<Artifact>): entry is Artifact => entry.path !== undefined;
  const listed = new Set(artifacts.map(({ path }) => path));
  return entries
    .flat()
    .filter(isStored)
    .filter(({ path }) => !listed.has(path));
};

export const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return `${bytes} ${hash.digest('hex')}`;
};

/** What lies in staging of a backup, once attempts that nobody waits for have had the time to go; empty folders count. */
const staged = async ({ vault }: Installation, id: string): Promise<string[]> => {
  const left = () => readdir(join(vault, '.staging', id), { recursive: true }).catch(() => undefined);
  const isGone = async () => (await left()) === undefined;
  await poll(isGone, AbortSignal.timeout(10_000)).catch(() => undefined);
  return [...((await left()) ?? []), ...((await isGone()) ? [] : [`the folder ${id}`])];
};

/** Paths of all files below a folder; none when it is not there. */
export const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
};
