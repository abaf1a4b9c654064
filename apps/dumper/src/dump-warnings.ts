import type { DatabaseContents } from '@nocodb-backup/postgres';

/** What a person should know about the database although its dump is whole. */
export const dumpWarnings = ({ server: { collation }, tables }: DatabaseContents): string[] => {
  const { version, actualVersion } = collation;
  const hasDrifted = version !== null && actualVersion !== null && version !== actualVersion;
  return [
    ...(hasDrifted
      ? [
          `the collation version of the database is ${version}, that of the server's library ${actualVersion}: indexes on text ` +
            'may be corrupt. REINDEX the database, then ALTER DATABASE ... REFRESH COLLATION VERSION',
        ]
      : []),
    ...(tables.length === 0
      ? ['the database holds no tables: is DATABASE_NAME the database of NocoDB?']
      : []),
  ];
};
