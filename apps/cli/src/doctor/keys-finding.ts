import { countText } from '../views/figures.js';
import { type Finding, ok, warn } from './check.js';

/** What was seen of the keys of encrypted backups on this machine. */
export interface SeenKeys {
  /** Public keys that new backups are encrypted for. */
  readonly recipients: readonly string[];
  readonly hasPassphrase: boolean;
  readonly hasIdentity: boolean;
  /** Of the recipients, those for whom no secret key is here. */
  readonly unopened: readonly string[];
  /** The newest backup, if it is encrypted, and why it cannot be opened here. */
  readonly newest: { readonly id: string; readonly locked: string | undefined } | undefined;
  /** Variables that name a file with a secret which everybody on this machine can read or change. */
  readonly openFiles: readonly string[];
}

/** Judges them: a machine that makes backups and cannot open them is as it should be, one with keys that do not fit is not. */
export const keysFinding = (seen: SeenKeys): Finding => {
  const { recipients, hasPassphrase, hasIdentity } = seen;
  if (recipients.length === 0 && !hasPassphrase && !hasIdentity && !seen.newest)
    return ok('not wanted (NOCODB_BACKUP_ENCRYPTION_RECIPIENTS, NOCODB_BACKUP_ENCRYPTION_PASSPHRASE)');
  const findings = [newBackups(seen), ...secretKey(seen), ...newestBackup(seen), ...secretFiles(seen)];
  const warnings = findings.flatMap(({ advice }) => advice ?? []);
  const text = findings.map((finding) => finding.text).join('; ');
  return warnings.length > 0 ? warn(text, warnings.join('. ')) : ok(text);
};

const newBackups = ({ recipients, hasPassphrase }: SeenKeys): Finding => {
  const readers = [
    ...(recipients.length > 0 ? [`for ${countText(recipients.length, 'public key')}`] : []),
    ...(hasPassphrase ? ['with a passphrase'] : []),
  ];
  return ok(
    `new backups are ${readers.length > 0 ? '' : 'not '}encrypted ${readers.join(' and ')}`.trimEnd(),
  );
};

const secretKey = ({ recipients, hasIdentity, unopened }: SeenKeys): Finding[] => {
  if (recipients.length === 0) return [];
  if (!hasIdentity) return [ok('none of their secret keys is here, and none is needed to make backups')];
  if (unopened.length === 0) return [ok('NOCODB_BACKUP_IDENTITY opens them')];
  if (unopened.length < recipients.length)
    return [ok(`NOCODB_BACKUP_IDENTITY opens them; the secret key of ${unopened.join(', ')} is not here`)];
  return [
    warn(
      `NOCODB_BACKUP_IDENTITY opens none of them: it is no secret key of ${unopened.join(', ')}`,
      'Set NOCODB_BACKUP_IDENTITY_FILE to the file with the secret key that belongs to NOCODB_BACKUP_ENCRYPTION_RECIPIENTS (age-keygen -y prints the public one)',
    ),
  ];
};

const newestBackup = ({ newest, hasIdentity, hasPassphrase }: SeenKeys): Finding[] => {
  if (!newest) return [];
  if (newest.locked === undefined) return [ok(`the newest backup, ${newest.id}, can be opened here`)];
  if (!hasIdentity && !hasPassphrase)
    return [ok(`the newest backup, ${newest.id}, cannot be opened here: restores need its key`)];
  return [
    warn(
      newest.locked,
      'Keep old keys and passphrases as long as backups that were made with them: a restore needs them',
    ),
  ];
};

const secretFiles = ({ openFiles }: SeenKeys): Finding[] =>
  openFiles.map((variable) =>
    warn(
      `everybody on this machine can read or change the file that ${variable} names`,
      `Let nobody else read it: chmod go= "$${variable}"`,
    ),
  );
