import { hasPart, isEncrypted, isSecret, keyFileOf, type KitFacts, packedFile } from './kit-facts.js';

/** A step of the way back: what it is for, and its commands. */
export interface KitStep {
  readonly title: string;
  readonly words: readonly string[];
  readonly commands: readonly string[];
}

/** The way back, with programs that every Linux distribution has. */
export const kitSteps = (facts: KitFacts): KitStep[] => [
  beginning(facts),
  fetching(facts),
  checking,
  ...unlocking(facts),
  ...(hasPart(facts, 'dump') ? [database(facts)] : []),
  ...(hasPart(facts, 'files') ? [files(facts)] : []),
  ...(hasPart(facts, 'export') ? tables(facts) : []),
];

const beginning = (facts: KitFacts): KitStep => ({
  title: 'Say which backup, and what it becomes',
  words: [
    'In one shell (bash), in an empty directory with room for the backup and what comes out of it.',
    'The name of the backup is the instant in UTC for which it was made. Take the newest one whose step 3 succeeds.',
  ],
  commands: [
    'set -o pipefail',
    `BACKUP=${facts.manifest?.id ?? '2026-02-05_05-15-00'}`,
    `DATABASE=${quoted(`${facts.database.database}_recovered`)}`,
    ...(isSecret(facts) ? ['IDENTITY="$PWD/identity.txt"   # the file with the secret key'] : []),
    ...(isSecret(facts) && keyFileOf(facts) === undefined ? ['age-keygen -y "$IDENTITY"'] : []),
  ],
});

const fetching = ({ bucket, directory }: KitFacts): KitStep => {
  const copy = `cp -r ${quoted(directory)}/"$BACKUP" .`;
  if (!bucket) return { title: 'Fetch the backup', words: [], commands: [copy, 'cd "$BACKUP"'] };
  const endpoint = bucket.endpoint === undefined ? '' : ` --endpoint-url ${quoted(bucket.endpoint)}`;
  const aws = `aws s3 --region ${quoted(bucket.region)}${endpoint}`;
  const place = quoted(`s3://${bucket.bucket}/${bucket.prefix}/`);
  return {
    title: 'Fetch the backup',
    words: [
      `All backups: ${aws} ls ${place}`,
      `If the backup directory has survived, this does instead of the first command: ${copy}`,
    ],
    commands: [`${aws} sync ${place}"$BACKUP" "$BACKUP"`, 'cd "$BACKUP"'],
  };
};

const checking: KitStep = {
  title: 'See that nothing is damaged',
  words: [
    'Without manifest.json it is no backup. Each file whose bytes have changed is named; no line means that all are right.',
  ],
  commands: [
    "jq -r '.status, .failures[]' manifest.json",
    'jq -r \'.artifacts[] | "\\(.sha256)  \\(.path)"\' manifest.json | sha256sum -c --quiet',
  ],
};

/** The passphrase is asked for once: the other commands take the key. */
const unlocking = (facts: KitFacts): KitStep[] => {
  const file = keyFileOf(facts);
  if (file === undefined) return [];
  return [
    {
      title: 'Get the key out with the passphrase',
      words: [
        'age asks for the passphrase, and makes identity.txt: keep it to yourself, and delete it in the end. It opens this backup and no other.',
        ...(facts.recipients.length > 0
          ? ['Whoever has put the secret key of a public key into identity.txt is not asked.']
          : []),
      ],
      commands: [
        `test -s "$IDENTITY" || age --decrypt --output "$IDENTITY" ${file}`,
        'age-keygen -y "$IDENTITY"',
      ],
    },
  ];
};

const database = (facts: KitFacts): KitStep => ({
  title: 'The database',
  words: [
    `Into a new database of a PostgreSQL server ${versionOf(facts)}or newer; it was "${facts.database.database}" on ${facts.database.host}.`,
    `Log in as the role that NocoDB uses (it was "${facts.database.user}"), which must be allowed to create databases: export PGHOST, PGPORT, PGUSER and PGPASSWORD.`,
    'An error ends it: then drop the database before another try.',
  ],
  commands: [
    'createdb --template=template0 --encoding=UTF8 "$DATABASE"',
    `${unpacked(facts, 'database.sql')} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$DATABASE" > /dev/null`,
    ...(isEncrypted(facts, 'database.json')
      ? [
          `${opened(facts, 'database.json')} > ../database.json`,
          'jq -r \'.tables[] | "\\(.rows) rows in \\(.schema).\\(.name)"\' ../database.json',
        ]
      : ['jq -r \'.tables[] | "\\(.rows) rows in \\(.schema).\\(.name)"\' database.json']),
  ],
});

const versionOf = ({ manifest }: KitFacts): string => {
  const version = manifest?.postgres?.serverVersion;
  return version === undefined ? 'of the same version ' : `${version} `;
};

const files = (facts: KitFacts): KitStep => ({
  title: 'The uploaded files',
  words: ["What comes out is NocoDB's data directory: give it to the new NocoDB as its volume."],
  commands: ['mkdir ../nocodb-data', `${unpacked(facts, 'nocodb-data.tar')} | tar -x -f - -C ../nocodb-data`],
});

/** The export has every table as JSON, for when the database is not to be had, or one table is wanted. */
const tables = (facts: KitFacts): KitStep[] => {
  const title = 'Single tables, without a database';
  const reading = 'Records are JSON, one a line: gunzip -c .../records.json.gz | jq';
  if (!isSecret(facts)) return [{ title, words: [reading], commands: [] }];
  return [
    {
      title,
      words: [
        'Everything is decrypted into ../plain, under the names of an unencrypted backup; the list tells which folder is which table.',
        reading,
      ],
      commands: [
        "find bases -type f -name '*.age' | while read -r file; do",
        '  mkdir -p "../plain/$(dirname "$file")"',
        '  age --decrypt --identity "$IDENTITY" --output "../plain/${file%.age}" "$file" || { echo "NOT DECRYPTED: $file"; break; }',
        'done',
        'cd ../plain',
        'jq -r \'"\\(.base.title):", (.tables[] | "  \\(.folder) is \\(.title)")\' bases/*/metadata.json',
        'find bases -name attachments.json.gz -exec gunzip -c {} + |',
        '  jq -r \'.[] | select(.sha256) | "\\(.sha256)  \\(.path)"\' | sha256sum -c --quiet',
      ],
    },
  ];
};

const unpacked = (facts: KitFacts, name: string): string => {
  const { path, unpack } = packedFile(facts, name);
  return `${opened(facts, path)} | ${unpack}`;
};

/** The command that gives the bytes of a file of the backup. */
const opened = (facts: KitFacts, path: string): string =>
  isEncrypted(facts, path) ? `age --decrypt --identity "$IDENTITY" ${path}.age` : `cat ${path}`;

const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
