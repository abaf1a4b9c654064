import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where big things are kept from one run to the next: `$XDG_CACHE_HOME/nocodb-backup`, or `~/.cache/nocodb-backup`. */
export const cacheFolder = () => {
  const base = process.env.XDG_CACHE_HOME;
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'nocodb-backup');
};
