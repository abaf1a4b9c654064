import type { Manifest } from '@nocodb-backup/backup';
import type { ServerFacts } from '@nocodb-backup/postgres';
import type { Expected } from './expected.js';

type Source = Manifest['postgres'];

type Now = Pick<ServerFacts, 'version' | 'major' | 'encoding' | 'collation'>;

/** What a person should know of a server, or a database on it, that differs from the one that was backed up. */
export const serverWarnings = (source: Source, expected: Expected | undefined, now: Now): string[] => {
  if (!source)
    return ['the backup does not tell which PostgreSQL it is of: version and collation are not compared'];
  return [...versionWarnings(source.serverVersion, now), ...collationWarnings(source, expected, now)];
};

/** What is known of it before there is a database: the new one gets the collation of the backup where the server has it. */
export const versionWarnings = (
  then: string,
  { version, major }: Pick<Now, 'version' | 'major'>,
): string[] => {
  const before = Number.parseInt(then, 10);
  if (!Number.isFinite(before) || before === major) return [];
  const both = `the backup is of PostgreSQL ${then}, this server is ${version}`;
  return before > major
    ? [
        `${both}, which is OLDER: the restore may fail, or what a newer one has may be missing. Better restore into PostgreSQL ${before}`,
      ]
    : [`${both}: that is an upgrade, and usually works`];
};

const collationWarnings = (
  source: NonNullable<Source>,
  expected: Expected | undefined,
  { encoding, collation }: Pick<ServerFacts, 'encoding' | 'collation'>,
): string[] => {
  const then = source.collation;
  const isOther = ['provider', 'collate', 'ctype'].some(
    (key) => then[key as 'collate'] !== collation[key as 'collate'],
  );
  const versions = [then.version, collation.actualVersion];
  return [
    ...(isOther
      ? [
          `the collation was ${nameOf(then)}, here it is ${nameOf(collation)}: text may be sorted in another order`,
        ]
      : []),
    ...(!isOther && versions.every((version) => version !== null) && versions[0] !== versions[1]
      ? [
          `the collation version was ${versions[0]}, here it is ${versions[1]}: text may be sorted in another order. ` +
            'Indexes are built anew by the restore, and are right',
        ]
      : []),
    ...(expected && expected.server.encoding !== encoding
      ? [
          `the encoding was ${expected.server.encoding}, here it is ${encoding}: characters that it lacks fail the restore`,
        ]
      : []),
  ];
};

const nameOf = ({ provider, collate, ctype }: { provider: string; collate: string; ctype: string }): string =>
  `${collate}${ctype === collate ? '' : ` / ${ctype}`} (${provider})`;
