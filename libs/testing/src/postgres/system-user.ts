import { readFileSync } from 'node:fs';

/** PostgreSQL refuses to run as root: then `postgres`, else `nobody`; nothing when we are not root. */
export const systemUser = () => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].flatMap((name) => users.filter(([user]) => user === name)).at(0);
  if (!found)
    throw new Error(
      'PostgreSQL cannot run as root, and there is neither a user postgres nor nobody. Run: adduser --system postgres',
    );
  return { uid: Number(found[2]), gid: Number(found[3]) };
};
