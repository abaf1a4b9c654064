import type { Readable } from 'node:stream';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { DamageError } from './damage-error.js';
import type { BackupList, StoredFile, VaultReader } from './vault.js';

/** Several places that are read as one: what the first has not is looked for in the next. */
export class FirstOf implements VaultReader {
  constructor(private readonly vaults: readonly VaultReader[]) {}

  async backups(): Promise<BackupList> {
    const lists = [];
    for (const vault of this.vaults) lists.push(await vault.backups());
    const sealed = new Set(lists.flatMap((list) => list.sealed));
    const unsealed = new Set(lists.flatMap((list) => list.unsealed).filter((id) => !sealed.has(id)));
    return { sealed: [...sealed].sort(), unsealed: [...unsealed].sort() };
  }

  readManifest(backupId: string): Promise<Uint8Array> {
    return this.first((vault) => vault.readManifest(backupId));
  }

  async *files(backupId: string, folder?: string): AsyncGenerator<StoredFile> {
    for (const vault of this.vaults) {
      let isThere = false;
      for await (const file of vault.files(backupId, folder)) {
        isThere = true;
        yield file;
      }
      if (isThere) return;
    }
  }

  async isStaged(backupId: string): Promise<boolean> {
    for (const vault of this.vaults) if (await vault.isStaged(backupId)) return true;
    return false;
  }

  open(backupId: string, path: string): Promise<Readable> {
    return this.first((vault) => vault.open(backupId, path));
  }

  digest(backupId: string, path: string, signal?: AbortSignal): Promise<Artifact> {
    return this.first((vault) => vault.digest(backupId, path, signal));
  }

  /** What may pass by itself ends the search: the next place must not answer for one that is away for a moment. */
  private async first<Answer>(ask: (vault: VaultReader) => Promise<Answer>): Promise<Answer> {
    const refusals: PermanentError[] = [];
    for (const vault of this.vaults) {
      try {
        return await ask(vault);
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error;
        refusals.push(error);
      }
    }
    const isDamage = refusals.every((refusal) => refusal instanceof DamageError);
    throw new (isDamage ? DamageError : PermanentError)(refusals.map(({ message }) => message).join('; '), {
      cause: refusals[0],
    });
  }
}
