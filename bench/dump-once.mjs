// One dump on the dumper's whole way, in a process of its own: url, folder, gzip or zstd.
import { join } from 'node:path';
import { connectionFromUrl } from '../libs/postgres/dist/index.js';
import { DirectoryVault } from '../libs/vault/dist/index.js';
import { storeDump } from '../apps/dumper/dist/store-dump.js';

const [url, folder, compression] = process.argv.slice(2);
const vault = new DirectoryVault(join(folder, 'vault'));
await storeDump(
  { connection: connectionFromUrl(url), timeoutSeconds: 3600, compression },
  {
    staging: vault.stage('2026-02-05_05-15-00', 'a1'),
    signal: new AbortController().signal,
    progress: () => undefined,
  },
);
