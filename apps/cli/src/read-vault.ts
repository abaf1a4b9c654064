import { stat } from 'node:fs/promises';
import { type Backup, backupImported, foldBackup, type Manifest } from '@nocodb-backup/backup';
import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  type BackupList,
  DirectoryVault,
  openBackup,
  type StoredBackup,
  type Unlocking,
  type VaultReader,
} from '@nocodb-backup/vault';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';
import { ExitCode } from './exit-code.js';
import type { VaultContent } from './known-backup.js';

/** The vault on this machine as a verb reads it. */
export interface OpenVault {
  readonly directory: string;
  readonly vault: DirectoryVault;
}

/** What was found in the vault, and what a person should be told of it. */
export interface VaultReading extends VaultContent {
  readonly remarks: readonly string[];
}

/** The vault's directory, or undefined where there is none on this machine. */
export const openVault = async (context: CliContext): Promise<OpenVault | undefined> => {
  const { NOCODB_BACKUP_DIR: directory } = parseConfig(VaultSettings, context.environment());
  const stats = await stat(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(
      ExitCode.failed,
      `the backup directory ${directory} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  });
  return stats?.isDirectory() ? { directory, vault: new DirectoryVault(directory) } : undefined;
};

/**
 * What lies in the vault: `sealed` is what can be read, also a bare dump of the Python tool, which wrote no manifest beside
 * it.
 */
export const backupsIn = async (vault: VaultReader): Promise<BackupList> => {
  const { sealed, unsealed } = await vault.backups();
  const opened = await Promise.all(unsealed.map((id) => openBackup(vault, id).catch(() => undefined)));
  const bare = new Set(opened.flatMap((backup) => backup?.id ?? []));
  return { sealed: [...sealed, ...bare].sort(), unsealed: unsealed.filter((id) => !bare.has(id)) };
};

/** Looks what lies in the vault, and reads the manifests of the backups that the log does not know. */
export const readVault = async (
  { vault, directory }: OpenVault,
  isLogged: (id: string) => boolean,
): Promise<VaultReading> => {
  const { sealed, unsealed } = await backupsIn(vault);
  const unlogged: Backup[] = [];
  const remarks: string[] = [];
  for (const id of sealed.filter((sealedId) => !isLogged(sealedId))) {
    try {
      unlogged.push(await readUnlogged(vault, id));
    } catch (error) {
      remarks.push((error as Error).message);
    }
  }
  for (const id of unsealed.filter((unsealedId) => !isLogged(unsealedId)))
    remarks.push(`${directory}/${id} has no manifest.json: it is not a complete backup, and is not listed`);
  return { sealed: new Set(sealed), unlogged, remarks };
};

/** A backup in the vault that the log does not know: what an import would say of it. Throws a CliError when its manifest is damaged. */
export const readUnlogged = async (vault: VaultReader, id: string): Promise<Backup> => {
  const { manifest, format } = await readBackup(vault, id);
  const fact = backupImported({ manifest, format, artifact: null }, { n: 'vault', destinations: ['local'] });
  const backup = foldBackup([{ ...fact, sequence: 1, time: new Date(manifest.settledAt) }]);
  if (backup) return backup;
  throw new Error(`nothing is known of backup ${id}`);
};

/** The manifest of a backup in the vault, made up for one of the Python tool. Throws a CliError when it is damaged. */
export const readManifest = async (vault: VaultReader, id: string): Promise<Manifest> =>
  (await readBackup(vault, id)).manifest;

/** A backup in the vault, of this program or of the Python tool. Throws a CliError when its manifest is damaged. */
export const readBackup = async (
  vault: VaultReader,
  id: string,
  unlocking?: Unlocking,
): Promise<StoredBackup> => {
  try {
    return await openBackup(vault, id, unlocking);
  } catch (error) {
    throw new CliError(ExitCode.failed, (error as Error).message, { cause: error });
  }
};
