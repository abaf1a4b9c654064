import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VerificationRequested } from '@nocodb-backup/events';
import { DirectoryVault } from '@nocodb-backup/vault';
import { drilled } from './drill.harness.js';
import { ID, Sandbox, TABLE } from './verification.harness.js';
import { verifyBackup } from './verify-backup.js';

// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const recipient = 'age1t3xn6vqd4w4p2uawgl9kg6qx0nn5tynjnft59me9jer0ddajag4q6tz4t2';
const identity = 'AGE-SECRET-KEY-1GQN3E6R3NRVV8PWYKTZW664C77GUFKC9VEJ6JVFP2D3G0YDLEEWS73AD3J';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.make();
});
afterEach(() => sandbox.remove());

const verified = (identities: readonly string[]) =>
  verifyBackup({
    request: { backupId: ID, n: 'a', kind: 'verify', sample: 'full' } as VerificationRequested['data'],
    places: [{ name: 'local', reader: new DirectoryVault(sandbox.root) }],
    manifest: undefined,
    unlocking: { identities },
    delivery: { signal: AbortSignal.timeout(20_000), progress: () => undefined },
  });

describe('a verification of an encrypted backup', () => {
  it('reads every byte without a key, and says that it did not look into them', async () => {
    await sandbox.seal({ recipient });
    expect(await verified([])).toMatchObject({
      ...{ findings: [], tables: 0, files: 31 },
      warnings: [expect.stringMatching(/not looked at: .* no secret key is known here/)],
    });
    await sandbox.flip(`${TABLE}/attachments/File/3_x.txt.age`);
    await sandbox.flip('database.sql.gz.age');
    expect((await verified([])).findings).toEqual([
      expect.stringMatching(/database\.sql\.gz\.age: its bytes have changed/),
      expect.stringMatching(/3_x\.txt\.age: its bytes have changed/),
    ]);
  });

  it('looks into everything with the key', async () => {
    await sandbox.seal({ recipient });
    expect(await verified([identity])).toMatchObject({ findings: [], warnings: [], tables: 1, rows: 3 });
    await sandbox.remove();
    await sandbox.seal({ recipient, files: { 'database.sql.gz': Buffer.from('no archive') } });
    expect((await verified([identity])).findings).toEqual([
      expect.stringMatching(/database\.sql\.gz .* damaged/),
    ]);
  });
});

it('is drilled without a key where its dump is not encrypted, as far as there is a server', async () => {
  const encryption = { format: 'age' as const, recipients: [recipient] };
  await sandbox.seal({ said: (manifest) => ({ ...manifest, encryption }) });
  const url = 'postgres://nobody@127.0.0.1:9/none';
  await expect(drilled({ root: sandbox.root, url })).rejects.toThrow(/127\.0\.0\.1:9/);
});

it('is not drilled without the key, which says nothing of it', async () => {
  await sandbox.seal({ recipient });
  const url = 'postgres://nobody@127.0.0.1:9/none';
  await expect(drilled({ root: sandbox.root, url })).rejects.toThrow(/is encrypted for age1.* no secret key/);
});
