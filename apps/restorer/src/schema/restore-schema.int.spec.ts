import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NocoDb, NocoDbWriter, RecordWriter } from '@nocodb-backup/nocodb';
import { type SeededNocoDb, startSeededNocoDb } from '@nocodb-backup/testing';
import { described } from './described.harness.js';
import { type Front, startFront } from './front.harness.js';
import { uglyBase } from './ugly-base.harness.js';
import { estranged, type HeldBase, heldBase, memoryBackup, Restore } from './memory-backup.harness.js';

jest.setTimeout(60_000);

const signal = AbortSignal.timeout(1_500_000);

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

  it('is refused where a table is there, and then nothing is touched', async () => {
    const before = (await api.bases(signal)).length;
    const restore = new Restore(memoryBackup([workshop]));
    await expect(restore.run({ api, writer }, signal)).rejects.toThrow(
      /there already are .*"Kunden".*--skip-existing/,
    );
    expect((await api.bases(signal)).length).toBe(before);
  });

  it('comes back for both of two bases with one title', async () => {
    const twins = seeded.workspace.bases.filter(({ title }) => title === 'Inventur');
    const held = await Promise.all(twins.map(({ id }) => heldBase(api, id, signal)));
    const restore = new Restore(memoryBackup(held.map((one) => estranged(one, 'Zwilling'))));
    await restore.run({ api, writer }, signal);
    const made = (await api.bases(signal)).filter(({ title }) => title === 'Zwilling');
    expect(made).toHaveLength(2);
    for (const { id } of made) expect(await api.tables(id, signal)).toHaveLength(1);
  });

  it('of a backup that holds no views is made, and the views are told as left out', async () => {
    const held = estranged(workshop, 'Alt');
    const old = held.tables.map((table) => ({ ...table, views: [], hooks: null }));
    const restore = new Restore(memoryBackup([{ ...held, tables: old }]), { table: 'Leer' });
    await restore.run({ api, writer }, signal);
    expect(restore.leftOut).toMatchObject([{ what: 'views of "Leer" of base "Alt"', examples: ['Leer'] }]);
    expect((await baseNamed('Alt')).tables.map(({ table }) => table.title)).toEqual(['Leer']);
  });

  it('is refused for what the backup does not hold, naming what it holds', async () => {
    const run = (scope: object) => new Restore(memoryBackup([workshop]), scope).run({ api, writer }, signal);
    await expect(run({ base: 'CRM' })).rejects.toThrow('Its bases: "Werkstatt');
    await expect(run({ table: 'Nix' })).rejects.toThrow(/has no table "Nix" .*"Kunden"/);
  });

  it('of one table leaves out the links to tables that are not there, and what needs them', async () => {
    const held = estranged(workshop, 'Nur Aufträge');
    const restore = new Restore(memoryBackup([held]), { table: 'Aufträge' });
    await restore.run({ api, writer }, signal);
    const left = restore.leftOut.flatMap(({ examples }) => examples).toSorted();
    expect(left).toEqual(['Anschrift des Kunden', 'Bearbeitet von', 'Kunden', 'Schlagwortes']);
    const later = new Restore(memoryBackup([held]), {}, { skipExisting: true });
    await later.run({ api, writer }, signal);
    expect(later.outcomes.flatMap(({ warnings }) => warnings)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/"Aufträge".* which was there, got the column "Kunden"/),
      ]),
    );
    const tables = (await baseNamed('Nur Aufträge')).tables.map(({ table }) => table.title);
    expect(tables.toSorted()).toEqual(workshop.tables.map(({ table }) => table.title).toSorted());
  }, 60_000);

  describe('of an ugly base', () => {
    let ugly: HeldBase;
    beforeAll(async () => {
      ugly = await heldBase(api, await uglyBase({ api, writer }, 'Häßlich', signal), signal);
      front = await startFront(seeded.nocodb.url);
      const connection = { url: front.url, token: await seeded.nocodb.createToken() };
      behind = { api: new NocoDb(connection), writer: new NocoDbWriter(connection), patienceMs: 1 };
    }, 60_000);
    afterAll(async () => {
      await behind.api.close();
      await behind.writer.close();
      front.close();
    });
    let front: Front;
    let behind: { api: NocoDb; writer: NocoDbWriter; patienceMs: number };

    it('is the same after people have renamed, required and turned upside down what they could', async () => {
      const restore = new Restore(memoryBackup([estranged(ugly, 'Häßlich 1')]));
      await restore.run({ api, writer }, signal);
      expect(restore.leftOut).toEqual([]);
      expect(described(await baseNamed('Häßlich 1'))).toEqual(described(ugly));
    }, 60_000);

    it('takes new records, also where the key was renamed', async () => {
      const records = new RecordWriter({ url: seeded.nocodb.url, token: await seeded.nocodb.createToken() });
      const renamed = (await baseNamed('Häßlich 1')).tables.filter(({ table }) =>
        table.columns.some(({ pk, title }) => Boolean(pk) && title !== 'Id'),
      );
      expect(renamed.length).toBeGreaterThan(0);
      for (const { table } of renamed) {
        const required = table.columns.filter(({ rqd, pk }) => Boolean(rqd) && !pk);
        const record = Object.fromEntries(required.map(({ id }) => [id, 'x']));
        expect(await records.insert(table.id, [record], signal)).toHaveLength(1);
      }
      await records.close();
    });

    it.each([
      ['lost', 0],
      ['lost with 502', 1],
    ] as const)(
      'has nothing twice when every second answer is %s',
      async (fate, odd) => {
        front.fate = (count) => (count % 2 === odd ? fate : 'pass');
        const restore = new Restore(memoryBackup([estranged(ugly, `Häßlich ${fate}`)]));
        await restore.run(behind, signal);
        expect(restore.leftOut).toEqual([]);
        expect(described(await baseNamed(`Häßlich ${fate}`))).toEqual(described(ugly));
      },
      60_000,
    );

    it('has nothing twice when each attempt is killed after a few requests', async () => {
      const restore = new Restore(memoryBackup([estranged(ugly, 'Häßlich zerhackt')]));
      let attempts = 0;
      for (let finished = false; !finished && attempts < 100;) {
        const killed = new AbortController();
        const until = front.writes + ++attempts;
        front.fate = (count) => (count < until ? 'pass' : 'lost');
        front.lost = () => {
          killed.abort();
        };
        const attempt = restore.run(behind, AbortSignal.any([signal, killed.signal]));
        finished = await attempt.then(
          () => true,
          (error: unknown) => {
            if (!killed.signal.aborted) throw error;
            return false;
          },
        );
      }
      expect(attempts).toBeGreaterThan(10);
      expect(restore.leftOut).toEqual([]);
      expect(described(await baseNamed('Häßlich zerhackt'))).toEqual(described(ugly));
    }, 120_000);
  });
});
