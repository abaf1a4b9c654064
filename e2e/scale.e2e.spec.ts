import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import type { Row } from './api.js';
import type { Child } from './child.js';
import { type Front, startFront } from './front.js';
import { Installation, patienceMs } from './installation.js';
import { problemsOf } from './problems.js';
import { seedSmall } from './small-workspace.js';
import { type Source, startSource } from './source.js';
import { comparable, stored } from './stored.js';

describe('three exporters', () => {
  let source: Source;
  let api: Front;
  let nats: NatsServer;
  let installation: Installation;
  const exporters: Child[] = [];

  beforeAll(async () => {
    source = await startSource();
    await seedSmall(source.api);
    api = await startFront(source.nocodb.url);
    nats = await startNats();
    const variables = { NATS_URL: nats.url, NOCODB_API_URL: api.url, NOCODB_BACKUP_EXPORT_CONCURRENCY: '1' };
    installation = await Installation.of(source, variables);
    await installation.service('uploader');
    for (let number = 0; number < 3; number++) exporters.push(await installation.service('exporter'));
  }, 300_000);
  afterAll(async () => {
    await installation.remove();
    await nats.stop();
    await api.stop();
    await source.stop();
  }, 60_000);

  /** No exporter gets records before each of the three has a table of its own. */
  const together = async (id: string) => {
    const tablesHeld = () => new Set(api.held.map((path) => /tables\/\w+/.exec(path)?.[0])).size;
    await installation.reached(id, 'ExportPlanned');
    await poll(() => Promise.resolve(tablesHeld() === 3), AbortSignal.timeout(patienceMs));
    api.release();
  };

  const exportersOf = async (id: string) => {
    const facts = (await installation.facts(id)) as unknown as { type: string; source: string }[];
    const tables = facts.filter(({ type }) => type === 'TableExported');
    return { tables: tables.length, exporters: new Set(tables.map((fact) => fact.source)).size };
  };

  /** What the backup holds, by path. */
  const contentOf = async (id: string) => {
    const { artifacts, parts } = await installation.manifest(id);
    const content = artifacts.map(async ({ path, sha256 }) => {
      if (!path.endsWith('.json.gz')) return [path, sha256];
      const rows = await stored<(Row | number)[]>(join(installation.vault, id), path);
      return [path, ...rows.map((row) => (typeof row === 'object' ? comparable(row) : row))];
    });
    return { parts, content: (await Promise.all(content)).toSorted() };
  };

  it('share the tables of one backup, and make what one of them makes', async () => {
    api.treat((path) => (/\/tables\/\w+\/records\?/.test(path) ? 'hold' : undefined));
    const shared = await installation.request('--only', 'export');
    await together(shared);
    expect(await installation.ended(shared)).toBe('complete');
    expect(await exportersOf(shared)).toEqual({ tables: 4, exporters: 3 });
    expect(await problemsOf(installation, shared)).toEqual([]);

    for (const exporter of exporters.slice(1)) await exporter.kill('SIGTERM');
    const alone = await installation.request('--only', 'export');
    expect(await installation.ended(alone)).toBe('complete');
    expect(await exportersOf(alone)).toEqual({ tables: 4, exporters: 1 });
    expect(await contentOf(shared)).toEqual(await contentOf(alone));
  }, 120_000);
});
