import type { Backup, Outcome } from './backup.js';
import { encryptionWarnings } from './encryption.js';

/** What a person should know although the parts succeeded. */
export const warningsOf = (backup: Backup): string[] => backup.imported?.warnings ?? warningsInFacts(backup);

const warningsInFacts = (backup: Backup): string[] => [
  ...encryptionWarnings(backup),
  ...told(backup.dump),
  ...told(backup.files),
  ...(backup.plan?.warnings ?? []),
  ...[...backup.tables.values()].flatMap(told),
];

const told = (outcome: Outcome<{ readonly warnings: readonly string[] }>): readonly string[] =>
  outcome.state === 'succeeded' ? outcome.data.warnings : [];
