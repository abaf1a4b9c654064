import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RestoreOptions, RestoreStepCompleted } from '@nocodb-backup/events';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import type { Target } from '../target.js';
import { type CuttingFront, startCuttingFront } from './cutting-front.harness.js';
import { textOf } from './memory-backup.harness.js';
import { Person } from './person.harness.js';
import { captured, restored, targetAt } from './records.harness.js';

type Step = RestoreStepCompleted['data'];
const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, 'one-attempt.harness.mjs');

let postgres: PostgresServer;
let nocodb: NocoDbServer;
let front: CuttingFront;
let person: Person;
let target: Target;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'records-'));
  postgres = await startPostgres();
  nocodb = await startNocoDb({ postgres });
  front = await startCuttingFront(nocodb.url);
  const token = await nocodb.createToken();
  person = new Person(nocodb.url, token);
  target = targetAt({ url: nocodb.url, token, databaseUrl: nocodb.databaseUrl });
}, 300_000);

afterAll(async () => {
  await Promise.all([target.onModuleDestroy(), person.api.close()]);
  await front.stop();
  await nocodb.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One attempt in a process of its own: the steps that it says are done, until it ends or is killed. */
const attempt = async (wish: object, kill: (end: () => void) => void): Promise<readonly Step[]> => {
  const file = join(folder, 'wish.json');
  await writeFile(file, JSON.stringify(wish));
  const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const steps: Step[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => steps.push(JSON.parse(line) as Step));
  kill(() => child.kill('SIGKILL'));
  await once(child, 'close');
  return steps;
};

describe('a restorer that is killed while it inserts', () => {
  it.each([
    ['into an empty table', {}, 0],
    ['with new ids', { newIds: true }, 2],
    ['what is missing', { missing: true }, 2],
  ] as [string, Partial<RestoreOptions>, number][])(
    '%s, is followed by one that inserts the rest, and nothing twice',
    async (title, options, own) => {
      const columns = [{ title: 'Name', uidt: 'SingleLineText', pv: true }];
      const base = await person.base(title);
      const rows = Array.from({ length: 650 }, (_, index) => ({ Name: `n${index + 1}` }));
      await person.insert(await person.table(base, 'T', columns), rows);
      const backup = await captured(person, base);
      await person.call('DELETE', `/api/v2/meta/bases/${base}`);
      const table = await person.table(await person.base(title), 'T', columns);
      if (own > 0) await person.insert(table, rows.slice(0, own));
      const { plan } = await restored(target, backup, { options, planOnly: true });
      const through = { url: front.url, token: person.token, databaseUrl: nocodb.databaseUrl };
      const wish = { backup: await textOf(backup), target: through, plan, options };
      let inserts = 0;
      const first = await attempt({ ...wish, done: [] }, (end) => {
        front.fate = (asked) => {
          if (!asked.includes('undo') || ++inserts < 3) return 'answer';
          end();
          return 'cut';
        };
      });
      front.fate = () => 'answer';
      const partly = await person.api.count(table.id, undefined, AbortSignal.timeout(9000));
      expect(partly).toBeGreaterThan(own);
      expect(partly).toBeLessThan(650);
      const done = first.map((step) => [step.key, step] as const);
      const second = await attempt({ ...wish, done }, () => undefined);
      expect(second.at(-1)?.leftOut).toEqual([]);
      const names = (await person.rows(table.id)).map(({ Name }) => String(Name));
      const expected = options.newIds ? [...rows.slice(0, own), ...rows] : rows;
      expect(names).toEqual(expected.map(({ Name }) => Name));
    },
    60_000,
  );
});
