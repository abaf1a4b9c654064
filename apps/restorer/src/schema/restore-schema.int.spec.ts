import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NocoDb, NocoDbWriter } from '@nocodb-backup/nocodb';
import { type SeededNocoDb, startSeededNocoDb } from '@nocodb-backup/testing';
import { described } from './described.harness.js';
import { estranged, type HeldBase, heldBase, memoryBackup, Restore } from './memory-backup.harness.js';

const signal = AbortSignal.timeout(240_000);

describe('the schema of a seeded base', () => {
  let seeded: SeededNocoDb;
  let api: NocoDb;
  let writer: NocoDbWriter;
  let workshop: HeldBase;
  beforeAll(async () => {
    seeded = await startSeededNocoDb({ records: 1000 });
    const connection = { url: seeded.nocodb.url, token: await seeded.nocodb.createToken() };
    api = new NocoDb(connection);
    writer = new NocoDbWriter(connection);
    workshop = await heldBase(api, seeded.workspace.bases[0]?.id ?? '', signal);
  }, 900_000);
  afterAll(async () => {
    await api.close();
    await writer.close();
    await seeded.stop();
  }, 60_000);

  const baseNamed = async (title: string): Promise<HeldBase> => {
    const [found, ...more] = (await api.bases(signal)).filter((base) => base.title === title);
    expect(more).toEqual([]);
    return heldBase(api, found?.id ?? '', signal);
  };

  it('is the same attribute by attribute after it was restored', async () => {
    const restore = new Restore(memoryBackup([estranged(workshop, 'Zurück')]), {}, { activateHooks: true });
    await restore.run({ api, writer }, signal);
    expect(restore.leftOut).toEqual([]);
    expect(described(await baseNamed('Zurück'))).toEqual(described(workshop));
  }, 120_000);
});
