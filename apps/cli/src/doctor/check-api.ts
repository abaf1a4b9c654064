import { NocoDb } from '@nocodb-backup/nocodb';
import { ApiSettings, BackupSettings, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { countText } from '../views/figures.js';
import { type Check, type Finding, ok, warn } from './check.js';

/** NocoDB's API answers, takes the token, and shows bases to it. */
export const apiCheck = (context: CliContext): Check => ({
  name: 'NocoDB API',
  find: async (signal) => {
    const settings = parseConfig(BackupSettings.extend(ApiSettings.shape), context.environment());
    if (!settings.NOCODB_BACKUP_API_EXPORT) return ok('not wanted (NOCODB_BACKUP_API_EXPORT)');
    const { NOCODB_API_URL: url, NOCODB_API_TOKEN: token } = settings;
    const api = new NocoDb({ url, token, timeoutMs: 8000, tries: 1 });
    try {
      return await seen(api, signal);
    } finally {
      await api.close();
    }
  },
});

const seen = async (api: NocoDb, signal: AbortSignal): Promise<Finding> => {
  const bases = await api.bases(signal);
  const version = (await api.version(signal)) ?? 'of unknown version';
  const text = `NocoDB ${version} at ${api.base.href} takes the token, which sees ${countText(bases.length, 'base')}`;
  if (bases.length > 0) return ok(text);
  return warn(
    text,
    'An export would be empty. Use a token of a user who is a member of every base (NocoDB: Account Settings > Tokens)',
  );
};
