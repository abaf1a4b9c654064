import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every table of the catalog. What a later version needs is a migration of its own, or a rebuild where the rows change their meaning. */
export class FirstTables1795305600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.dataSource.options.type === 'postgres';
    for (const statement of statements) await runner.query(isPostgres ? statement : inSqlite(statement));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of statements.toReversed()) {
      const [, kind = '', name = ''] = /^create (\w+) "(\w+)"/.exec(statement) ?? [];
      await runner.query(`drop ${kind} "${name}"`);
    }
  }
}

/** Tables that are in order of their key need no second copy of it. */
const inSqlite = (statement: string): string => {
  const typed = statement
    .replaceAll('bigint', 'integer')
    .replaceAll('timestamptz', 'text')
    .replaceAll('double precision', 'real');
  return /primary key \("\w+", /.test(typed) ? `${typed} without rowid` : typed;
};

const statements = [
  `create table "checkpoint" ("id" integer not null, "sequence" bigint not null, "event_id" text not null,
    "log_created" text not null, "model" text not null, primary key ("id"))`,
  `create table "events" ("sequence" bigint not null, "event_id" text, "type" text not null, "version" integer,
    "stream" text not null, "subject_id" text not null, "key" text, "time" timestamptz not null, "known" boolean not null,
    primary key ("sequence"))`,
  `create index "events_subject" on "events" ("subject_id", "sequence")`,
  `create table "backups" ("id" text not null, "source" text not null, "verdict" text not null, "good" boolean not null,
    "trigger" text not null, "requested_by" text not null, "requested_at" timestamptz not null, "deadline" timestamptz not null,
    "ended_at" timestamptz, "seconds" double precision, "bytes" bigint not null, "destinations" text not null,
    "pinned" boolean not null, "verified_at" timestamptz, "proven_at" timestamptz, "damaged" boolean not null,
    "summary" text not null, primary key ("id"))`,
  `create table "parts" ("backup_id" text not null, "part" text not null, "status" text not null, "bytes" bigint not null,
    "seconds" double precision, "rows" bigint, "files" bigint, "failure" text, primary key ("backup_id", "part"))`,
  `create table "bases" ("backup_id" text not null, "base_id" text not null, "title" text not null, "tables" bigint not null,
    primary key ("backup_id", "base_id"))`,
  `create table "tables" ("backup_id" text not null, "table_id" text not null, "base_id" text, "title" text not null,
    "status" text not null, "records" bigint, "links" bigint, "attachments" bigint, "attachment_bytes" bigint,
    "missing" bigint, "bytes" bigint, "seconds" double precision, "failure" text, primary key ("backup_id", "table_id"))`,
  `create index "tables_history" on "tables" ("table_id", "backup_id")`,
  `create table "restores" ("id" text not null, "backup_id" text not null, "kind" text not null, "verdict" text not null,
    "requested_by" text not null, "requested_at" timestamptz not null, "ended_at" timestamptz, "steps_planned" bigint,
    "steps_done" bigint not null, "counts" text, "left_out" bigint, "reason" text, primary key ("id"))`,
  `create table "verifications" ("backup_id" text not null, "n" text not null, "kind" text not null, "verdict" text not null,
    "trigger" text not null, "requested_by" text not null, "requested_at" timestamptz not null, "ended_at" timestamptz,
    "files" bigint, "bytes" bigint, "tables" bigint, "rows" bigint, "seconds" double precision, "findings" text not null,
    "reason" text, primary key ("backup_id", "n"))`,
  `create table "notifications" ("sequence" bigint not null, "event_id" text not null, "channel" text not null,
    "about" text not null, "outcome" text not null, "level" text, "title" text, "time" timestamptz not null, "reason" text,
    primary key ("sequence"))`,
  `create table "alerts" ("id" text not null, "kind" text not null, "source" text not null, "level" text not null,
    "title" text not null, "since" timestamptz not null, "raised_at" timestamptz not null, "cleared_at" timestamptz,
    primary key ("id"))`,
];
