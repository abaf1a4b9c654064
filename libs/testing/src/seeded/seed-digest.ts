import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nocodbVersion } from '../nocodb/ensure-nocodb.js';
import { postgresBinaries } from '../postgres/postgres-binaries.js';

/** The seed's sources, which lie beside the built code too: a test and the demo shall find the same cached state. */
const sources = join(import.meta.dirname, '../../src/seed');

/** Changes when a seeded state of before would no longer be what the seed makes now, or what these servers can read. */
export const seedDigest = async ({ records, ugly }: { readonly records: number; readonly ugly: boolean }) => {
  const hash = createHash('sha256').update(JSON.stringify([records, nocodbVersion, postgresBinaries()]));
  for (const name of (await readdir(sources)).sort()) {
    if (!name.endsWith('.spec.ts') && (ugly || !name.startsWith('ugly-')))
      hash.update(name).update(await readFile(join(sources, name)));
  }
  return hash.digest('hex').slice(0, 16);
};
