import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.js';
import { addRestoreKind, type RestoreVerb, scopeOptions } from './restore-kind.js';

/** `restore-dump`, `restore-files`, `restore-schema`, `restore-records`, `restore-attachments`: one kind of thing is put back. */
export const addRestores = (program: Command, context: CliContext): void => {
  for (const verb of verbs) addRestoreKind(program, context, verb);
};

/** PostgreSQL cuts longer names off without a word. */
const databaseOf = (name: string): string => {
  const bytes = Buffer.byteLength(name);
  if (bytes > 0 && bytes <= 63) return name;
  throw new InvalidArgumentError('The name of a database has 1 to 63 bytes.');
};

const dropOld = () =>
  new Option(
    '--drop-old',
    'remove what was there for good, instead of keeping it aside until the next restore',
  );

const verbs: readonly RestoreVerb[] = [
  {
    kind: 'dump',
    summary: 'put the whole database back; REPLACES it',
    description:
      'Puts the PostgreSQL database of NocoDB back: users, tokens, bases, tables, records, everything that NocoDB keeps in it. REPLACES the database; what was there is kept aside until the next restore, unless the database user may not create databases: then it is replaced in place, and the plan says so. Stop NocoDB first.',
    forces:
      'disconnects NocoDB from the database if it runs, and replaces in place where nothing can be kept aside',
    options: [
      new Option(
        '--into <database>',
        'the database that is made or replaced; default: DATABASE_NAME',
      ).argParser(databaseOf),
      dropOld(),
    ],
    examples: ['2026-02-05_05-15-00 --plan', '2026-02-05_05-15-00', '2026-02-05_05-15-00 --into look_at_it'],
    partial: 'something of the dump was left out; it says what and why',
  },
  {
    kind: 'files',
    summary: "put NocoDB's data files back; REPLACES them",
    description:
      'Puts the data directory of NocoDB (NOCODB_DATA_PATH: uploads, attachments) back, where the restored database expects it. REPLACES the directory; what was there is kept aside until the next restore. Run it after restore-dump, with NocoDB stopped.',
    forces: 'replaces the files although NocoDB runs',
    options: [dropOld()],
    examples: ['2026-02-05_05-15-00 --plan', '2026-02-05_05-15-00', '2026-02-05_05-15-00 --force --json'],
    partial: 'files were left out; it says which and why',
  },
  {
    kind: 'schema',
    summary: 'make bases and tables as they were, without records',
    description:
      'Makes bases and tables over the API of a running NocoDB as they were: columns of every type with links, lookups, rollups and formulas, views, and webhooks (inactive). Puts no records back: restore-records does.',
    options: [
      ...scopeOptions(),
      new Option('--skip-existing', 'leave tables that are there as they are'),
      new Option('--activate-hooks', 'webhooks are active as they were, and call out from then on'),
    ],
    examples: [
      '2026-02-05_05-15-00 --plan',
      '2026-02-05_05-15-00 --base "CRM" --skip-existing',
      '2026-02-05_05-15-00 --base "CRM" --table "Orders"',
    ],
    partial: 'NocoDB did not take something; it says what and why',
  },
  {
    kind: 'records',
    summary: 'put records and links back into tables that are there',
    description:
      'Puts records back over the API of a running NocoDB, with their ids, order and links, into tables that are there (restore-schema makes them). Overwrites no record: a table that has records is refused unless --missing or --new-ids says what to do.',
    options: [
      ...scopeOptions(),
      new Option('--with-attachments', 'put the attached files back, too'),
      new Option('--new-ids', 'append all as new records with new ids').conflicts('missing'),
      new Option('--missing', 'put back those whose id is not there; the others stay as they are'),
      new Option('--only-missing', 'the same: undelete').implies({ missing: true }).conflicts('newIds'),
    ],
    examples: [
      '2026-02-05_05-15-00 --with-attachments',
      '2026-02-05_05-15-00 --base "CRM" --table "Orders" --missing',
    ],
    partial: 'records or values were left out; it says which and why',
  },
  {
    kind: 'attachments',
    summary: 'put attached files back that are missing',
    description:
      'Uploads the attached files that are missing over the API of a running NocoDB, and attaches them to the records that are there, as after restore-dump without restore-files. What is there stays.',
    options: scopeOptions(),
    examples: ['2026-02-05_05-15-00', '2026-02-05_05-15-00 --base "CRM"'],
    partial: 'files were left out; it says which and why',
  },
];
