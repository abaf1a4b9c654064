import { stat } from 'node:fs/promises';
import { Manifest } from '@nocodb-backup/backup';
import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import { DirectoryVault } from '@nocodb-backup/vault';
import { z } from 'zod';
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

/** Looks what lies in the vault, and reads the manifests of the backups that the log does not know. */
export const readVault = async (
  { vault, directory }: OpenVault,
  isLogged: (id: string) => boolean,
): Promise<VaultReading> => {
  const { sealed, unsealed } = await vault.backups();
  const manifests: Manifest[] = [];
  const remarks: string[] = [];
  for (const id of sealed.filter((sealedId) => !isLogged(sealedId))) {
    try {
      manifests.push(await readManifest(vault, id));
    } catch (error) {
      remarks.push((error as Error).message);
    }
  }
  for (const id of unsealed.filter((unsealedId) => !isLogged(unsealedId)))
    remarks.push(`${directory}/${id} has no manifest.json: it is not a complete backup, and is not listed`);
  return { sealed: new Set(sealed), manifests, remarks };
};

/** The manifest of a backup in the vault. Throws a CliError when it is damaged. */
export const readManifest = async (vault: DirectoryVault, id: string): Promise<Manifest> => {
  try {
    return Manifest.parse(JSON.parse(Buffer.from(await vault.readManifest(id)).toString('utf8')));
  } catch (error) {
    throw new CliError(
      ExitCode.failed,
      `manifest.json of backup ${id} cannot be used: ${reasonOf(error)}. Its other files may be whole; look into its folder`,
      { cause: error },
    );
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? z.prettifyError(error).split('\n').slice(0, 3).join(' ')
    : (error as Error).message;
