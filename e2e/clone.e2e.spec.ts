import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seedUglyWorkspace, seedWorkspace } from '@nocodb-backup/testing';
import { differencesOf, lineOf } from './compare-bases.js';
import { Installation } from './installation.js';
import { emptyTarget } from './restore-harness.js';
import { type Source, startSource } from './source.js';

interface LeftOut {
  readonly what: string;
  readonly reason: string;
  readonly count: number;
  readonly examples: readonly string[];
}

interface Outcome {
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly leftOut: readonly LeftOut[];
}

const ugly = `Häßlich 🦄 "select" / 'x', {y}`;

/** What the restore has named as left out, and nothing else. */
const reported: Readonly<Record<string, readonly unknown[]>> = {
  [ugly]: [
    // NocoDB gives a column of the name "id" another name when it makes a table, so it is added later: the views keep its place.
    expect.stringMatching('^table "Spalten" / order of columns: '),
    expect.stringMatching('^table "Grenzfälle" / column "Person" / cdf: '),
    expect.stringMatching('^table "Grenzfälle" / record 61 / Adresse: '),
  ],
};

/** Scenario 2 of docs/restore.md: everything that one NocoDB holds, made again in an empty one over its API. */
describe('a NocoDB that is cloned into an empty one', () => {
  let source: Source;
  let target: Source;
  let installation: Installation;
  const cleanUps: (() => Promise<void>)[] = [];
  let id: string;
  const outcomes: Outcome[] = [];

  const run = async (...args: string[]): Promise<Outcome> => {
    const { code, out, err } = await installation.cli([...args, '--force', '--json']);
    if (code !== 0 && code !== 3)
      throw new Error(`${args.join(' ')} ended with ${String(code)}: ${out}${err}`);
    return JSON.parse(out) as Outcome;
  };

  /** Members of bases are not in a backup: whoever restores records with users in them invites them first. */
  const inviteSecondUser = async () => {
    for (const { id: baseId, title } of await target.api.bases()) {
      const member = { email: 'zweite@example.com', roles: 'editor' };
      if (title === ugly) await target.api.send('POST', `/api/v2/meta/bases/${baseId}/users`, member);
    }
  };

  beforeAll(async () => {
    [source, target] = await Promise.all([startSource(), emptyTarget()]);
    cleanUps.push(source.stop, target.stop);
    await seedWorkspace(source.nocodb, { records: 400 });
    await seedUglyWorkspace(source.nocodb);
    const before = await Installation.of(source);
    cleanUps.push(() => before.remove());
    await before.up();
    const { code, out, err } = await before.cli(['backup', '--only', 'export', '--json']);
    if (code !== 0) throw new Error(`backup ended with ${String(code)}: ${out}${err}`);
    ({ id } = JSON.parse(out) as { id: string });
    await before.stop();
    // Another machine, with another log: all that it has of the backup is the vault.
    installation = await Installation.of(target, { NOCODB_BACKUP_DIR: before.vault });
    cleanUps.push(() => installation.remove());
    await installation.up();
    outcomes.push(await run('restore-schema', id));
    await inviteSecondUser();
    outcomes.push(await run('restore-records', id, '--with-attachments'));
  }, 400_000);
  afterAll(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }, 60_000);

  it('says what NocoDB does not take, and puts all the rest back', () => {
    const [schema, records] = outcomes.map(({ leftOut }) => leftOut);
    expect(schema).toMatchObject([
      { what: expect.stringMatching('columns of "Grenzfälle"'), count: 1, examples: ['Person'] },
    ]);
    expect(schema?.[0]?.reason).toMatch(/made, but without its default value: .*default users are not part/);
    expect(records).toMatchObject([
      {
        what: expect.stringMatching('values of "Adresse" of "Grenzfälle"'),
        count: 1,
        examples: ['record 61'],
      },
    ]);
    expect(records?.[0]?.reason).toMatch(/isURL/);
  });

  it('equals the source in every definition, cell, file, link, order, view, filter, sort and next id', async () => {
    const [theirs, ours] = [await source.api.bases(), await target.api.bases()];
    const titles = (bases: readonly { title: string }[]) => bases.map(({ title }) => title).toSorted();
    expect(titles(ours)).toEqual(titles(theirs));
    const seen = new Map<string, number>();
    for (const { id: baseId, title } of theirs) {
      // Bases of one title are told apart by their order.
      const nth = seen.get(title) ?? 0;
      seen.set(title, nth + 1);
      const twin = ours.filter((base) => base.title === title)[nth]?.id ?? '';
      const left = { api: source.api, baseId };
      const differences = await differencesOf(left, { api: target.api, baseId: twin }, { nextIds: true });
      const expected = seen.get(title) === 1 ? (reported[title] ?? []) : [];
      expect([title, differences.map(lineOf)]).toEqual([title, expected]);
    }
  }, 120_000);
});
