import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DamageError } from './damage-error.js';
import { DirectoryVault } from './directory-vault.js';
import { FirstOf } from './first-of.js';

const [here, there, both] = ['2026-02-05_05-15-00', '2026-02-06_05-15-00', '2026-02-07_05-15-00'];

describe('two places that are read as one', () => {
  let root: string;
  let first: DirectoryVault;
  let second: DirectoryVault;
  let vault: FirstOf;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'first-of-'));
    first = new DirectoryVault(join(root, 'first'));
    second = new DirectoryVault(join(root, 'second'));
    vault = new FirstOf([first, second]);
    for (const id of [here, both]) await keep(first, id, 'first');
    for (const id of [there, both]) await keep(second, id, 'second');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const keep = async (place: DirectoryVault, id: string, content: string) => {
    const bytes = (async function* () {
      yield await Promise.resolve(Buffer.from(content));
    })();
    const artifact = await place.stage(id, 'a').store('bases/a.json', bytes);
    await place.publish(id, 'a', artifact);
    await place.writeManifest(id, Buffer.from(content));
  };
  const text = async (id: string, path = 'bases/a.json') =>
    Buffer.concat(await Array.fromAsync(await vault.open(id, path))).toString();

  it('have the backups of both, each once', async () => {
    await first.publish('2026-02-08_05-15-00', 'a', await staged('2026-02-08_05-15-00'));
    expect(await vault.backups()).toEqual({ sealed: [here, there, both], unsealed: ['2026-02-08_05-15-00'] });
    await keep(second, '2026-02-08_05-15-00', 'second');
    expect((await vault.backups()).unsealed).toEqual([]);
  });

  const staged = (id: string) =>
    first.stage(id, 'a').store(
      'x',
      (async function* () {
        yield await Promise.resolve(Buffer.from('x'));
      })(),
    );

  it('give what the first has, and else what the second has', async () => {
    expect([await text(here), await text(both), await text(there)]).toEqual(['first', 'first', 'second']);
    expect(Buffer.from(await vault.readManifest(there)).toString()).toBe('second');
    expect((await vault.digest(there, 'bases/a.json')).bytes).toBe(6);
    expect(await Array.fromAsync(vault.files(there, 'bases'))).toEqual([{ path: 'bases/a.json', bytes: 6 }]);
    expect(await vault.isStaged(there)).toBe(await second.isStaged(there));
  });

  it('give from the second what the first has lost', async () => {
    await rm(join(root, 'first', both, 'bases/a.json'));
    expect(await text(both)).toBe('second');
  });

  it('name both places where neither has it', async () => {
    await expect(text(here, 'gone')).rejects.toThrow(/first.*gone is missing; .*second.*gone is missing/);
    await expect(text(here, 'gone')).rejects.toBeInstanceOf(DamageError);
  });
});
