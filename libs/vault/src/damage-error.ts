import { PermanentError } from '@nocodb-backup/events';

/**
 * Thrown when something of a backup is not there, or not what was stored. No other error says anything of the backup: a
 * server that does not answer, or a file that this user may not read, is no damage.
 */
export class DamageError extends PermanentError {}
