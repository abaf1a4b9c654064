import { stat } from 'node:fs/promises';
import { type Environment, parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  EncryptionSettings,
  IdentitySettings,
  openBackup,
  S3Settings,
  type Unlocking,
  unlockingOf,
  unopenedRecipients,
  type VaultReader,
  vaultReaderOf,
} from '@nocodb-backup/vault';
import type { CliContext } from '../context.js';
import type { Check } from './check.js';
import { keysFinding, type SeenKeys } from './keys-finding.js';

const Settings = VaultSettings.extend({
  ...S3Settings.shape,
  ...EncryptionSettings.shape,
  ...IdentitySettings.shape,
});

/** The keys of encrypted backups can be used, fit each other, and open the newest backup, as far as they are here. */
export const keysCheck = (context: CliContext): Check => ({
  name: 'encryption',
  find: async () => {
    const environment = context.environment();
    const settings = parseConfig(Settings, environment);
    const recipients = settings.NOCODB_BACKUP_ENCRYPTION_RECIPIENTS ?? [];
    const unlocking = unlockingOf(settings);
    return keysFinding({
      recipients,
      hasPassphrase: unlocking.passphrase !== undefined,
      hasIdentity: unlocking.identities.length > 0,
      unopened: await unopenedRecipients(recipients, unlocking.identities),
      newest: await newestOf(vaultReaderOf(settings), unlocking),
      openFiles: await openFilesOf(environment),
    });
  },
});

/** Whatever keeps it from being looked at is another check's to tell. */
const newestOf = async (vault: VaultReader, unlocking: Unlocking): Promise<SeenKeys['newest']> => {
  try {
    const id = (await vault.backups()).sealed.at(-1);
    const backup = id === undefined ? undefined : await openBackup(vault, id, unlocking);
    return backup?.manifest.encryption && { id: backup.id, locked: backup.locked };
  } catch {
    return undefined;
  }
};

const secrets = ['NOCODB_BACKUP_IDENTITY_FILE', 'NOCODB_BACKUP_ENCRYPTION_PASSPHRASE_FILE'];
const othersReadOrWrite = 0o006;

/** Of the secrets of a container, which are mounted for it alone, everybody is nobody else. */
const openFilesOf = async (environment: Environment): Promise<string[]> => {
  const open: string[] = [];
  for (const variable of secrets) {
    const path = environment[variable] ?? '';
    if (path === '' || path.startsWith('/run/secrets/')) continue;
    if (((await stat(path)).mode & othersReadOrWrite) !== 0) open.push(variable);
  }
  return open;
};
