import { isSecret, keyFileOf, type KitFacts, packedFile, recipientsOf } from './kit-facts.js';
import { kitSteps } from './kit-steps.js';

/** The recovery kit of an installation, as Markdown that can be read as it is. */
export const kitText = (facts: KitFacts): string =>
  [
    `# Recovery kit for the NocoDB "${facts.database.database}" on ${facts.database.host}`,
    '',
    `Made on ${facts.madeAt.toISOString().slice(0, 10)} by nocodb-backup, which is not needed to follow it. It holds no secret: print it and keep it`,
    'away from the machines that it is about, and make a new one when a line of it is no longer true.',
    '',
    '## What you need',
    '',
    ...needs(facts).map((line) => `- ${line}`),
    ...kitSteps(facts).flatMap(({ title, words, commands }, index) => [
      '',
      `## ${index + 1}. ${title}`,
      ...(words.length > 0 ? ['', ...words] : []),
      ...(commands.length > 0 ? ['', '```sh', ...commands, '```'] : []),
    ]),
    '',
    '## Then',
    '',
    ...ending(facts),
  ].join('\n');

const needs = (facts: KitFacts): string[] => {
  const { bucket } = facts;
  const isZstd = ['database.sql', 'nocodb-data.tar'].some((name) =>
    packedFile(facts, name).path.endsWith('.zst'),
  );
  const age = isSecret(facts) ? ['age'] : [];
  const programs = [...age, 'gzip', 'jq', 'postgresql-client', 'tar', ...(isZstd ? ['zstd'] : [])];
  return [
    `a Linux machine; on Debian or Ubuntu: sudo apt-get install ${[...programs, ...(bucket ? ['awscli'] : [])].join(' ')}`,
    bucket
      ? `the backups, in the bucket ${bucket.bucket} below ${bucket.prefix}/ at ${bucket.endpoint ?? `Amazon S3, ${bucket.region}`}, and an access key that may read there (export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)`
      : `the backups, in the directory ${facts.directory}, or a copy of it: if that disk is gone, so are they`,
    ...secrets(facts),
    'a PostgreSQL server for the database to go to',
    'NC_CONNECTION_ENCRYPT_KEY of NocoDB, if it is set: it is in no backup. Kept at: ______________________________',
  ];
};

const secrets = (facts: KitFacts): string[] => {
  if (!isSecret(facts)) return ['no key: the backups are not encrypted'];
  const nobody = 'Without it nobody can read the backups, neither you nor the makers of the program';
  const takesPassphrase = keyFileOf(facts) !== undefined;
  // That of the passphrase is another one for each backup, and kept nowhere.
  const keys = recipientsOf(facts).filter((key) => !takesPassphrase || facts.recipients.includes(key));
  const these = keys.length === 1 ? 'this public key' : 'one of these public keys';
  const key = `the secret key (a line AGE-SECRET-KEY-1...) that belongs to ${these}, in a file identity.txt`;
  return [
    ...(takesPassphrase
      ? [
          `the passphrase that the backups are encrypted with. Kept at: ______________________________. ${nobody}`,
        ]
      : []),
    ...(keys.length > 0 ? [takesPassphrase ? `or ${key}:` : `${key}. ${nobody}:`] : []),
    ...keys.map((own) => `  ${own}, whose secret key is kept at: ______________________________`),
  ];
};

const ending = ({ database }: KitFacts): string[] => [
  `Let NocoDB (the version that the backup names: jq -r .nocodb.version manifest.json) use the new database (NC_DB) instead of "${database.database}", and the`,
  'directory nocodb-data as its data directory, with the same NC_CONNECTION_ENCRYPT_KEY. Sign in, open a table, open an attached file.',
];
