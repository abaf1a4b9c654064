import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { connectionFromUrl } from '@nocodb-backup/postgres';
import { DirectoryVault } from '@nocodb-backup/vault';
import { backUp } from '../dump/dump.harness.js';
import { drillBackup } from './drill-backup.js';
import type { Outcome } from './outcome.js';
import type { Sandbox } from './verification.harness.js';
import { ID } from './verification.harness.js';

/** What a test chooses about a drill. */
export interface Wish {
  /** Of the vault. */
  readonly root: string;
  /** Of the server. */
  readonly url: string;
  readonly n?: string;
  readonly id?: string;
  readonly signal?: AbortSignal;
  readonly encryptKey?: string;
}

/** One drill, as the verifier makes it, without an event log. */
export const drilled = ({ root, url, n = '2026-11-22_05-15-00', id = ID, ...wish }: Wish): Promise<Outcome> =>
  drillBackup({
    request: { backupId: id, n, kind: 'drill', sample: 'full', requestedBy: 'spec', trigger: 'manual' },
    place: { name: 'local', reader: new DirectoryVault(root) },
    server: connectionFromUrl(url),
    timeoutSeconds: 60,
    encryptKey: wish.encryptKey,
    delivery: { signal: wish.signal ?? new AbortController().signal, progress: () => undefined },
  });

/** Seals a backup of the database; `change` is done to the SQL and to the counts before that. */
export const sealDump = async (
  sandbox: Sandbox,
  url: string,
  change: { readonly id?: string; sql?(sql: string): string; counts?(json: string): string } = {},
): Promise<void> => {
  const folder = await mkdtemp(join(sandbox.root, '.dump-'));
  await backUp(url, folder);
  const sql = gunzipSync(await readFile(join(folder, 'database.sql.gz'))).toString('utf8');
  const counts = await readFile(join(folder, 'database.json'), 'utf8');
  await rm(folder, { recursive: true });
  const stored = Buffer.from(change.sql?.(sql) ?? sql);
  await sandbox.seal({
    id: change.id ?? ID,
    said: (manifest) => {
      const { parts } = manifest;
      return { ...manifest, parts: { ...parts, dump: { ...parts.dump, sqlBytes: stored.length } } };
    },
    files: {
      'database.sql.gz': gzipSync(stored),
      'database.json': Buffer.from(change.counts?.(counts) ?? counts),
    },
  });
};
