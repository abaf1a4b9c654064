// What people do today: pg_dump | gzip -6 > file, of the same database.
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.mjs';

/** Seconds, CPU seconds and bytes of one run; the file is removed again. */
export const pgDumpGzip = async ({ postgres, nocodb }, folder, { signal, cleanUps }) => {
  const file = join(folder, 'peer.sql.gz');
  const script =
    'set -o pipefail; TIMEFORMAT="%R %U %S"; time "$1" --no-owner --no-acl "$DATABASE" | gzip -6 > "$2"';
  const child = startChild(['bash', '-c', script, 'bash', join(postgres.binDir, 'pg_dump'), file], {
    env: { PATH: process.env.PATH, DATABASE: nocodb.databaseUrl, LC_ALL: 'C' },
  });
  cleanUps.push(child.end);
  const stop = () => void child.end();
  signal.addEventListener('abort', stop, { once: true });
  const code = await child.ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`pg_dump | gzip ended with ${code}: ${child.said.err}`);
  const [seconds, user, system] = child.said.err.trim().split('\n').at(-1).split(' ').map(Number);
  const { size } = await stat(file);
  await rm(file);
  return { seconds, cpuSeconds: user + system, bytes: size };
};
