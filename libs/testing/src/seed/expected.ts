/** What was put into NocoDB, for comparison with what a backup says or a restore brings back. */
export interface SeededWorkspace {
  readonly bases: readonly SeededBase[];
}

/** One base, with the tables that people see (no junction tables). */
export interface SeededBase {
  readonly id: string;
  readonly title: string;
  readonly tables: readonly SeededTable[];
}

/** One table, with everything that a test may want to find again. */
export interface SeededTable {
  readonly id: string;
  readonly title: string;
  readonly records: number;
  readonly links: readonly SeededLinks[];
  readonly attachments: readonly SeededAttachment[];
  /** Titles of all views, the default grid included; empty where the seed made none of its own. */
  readonly views: readonly string[];
  readonly hooks: readonly string[];
}

/** The links of one column, seen from the side where it was made. */
export interface SeededLinks {
  readonly columnId: string;
  readonly title: string;
  readonly type: LinkType;
  /** 1: a foreign key in the child's table (has-many, one-to-one); 2, and every many-to-many: a junction table. */
  readonly version: 1 | 2;
  /** Record ids: [of this table, of the related table]. */
  readonly pairs: readonly (readonly [number, number])[];
}

/** How two tables are linked, in NocoDB's words: has many, many to many, one to one, one to many, many to one, belongs to. */
export type LinkType = 'hm' | 'mm' | 'oo' | 'om' | 'mo' | 'bt';

/** One file in a cell; several of a cell may have the same title. */
export interface SeededAttachment {
  readonly columnId: string;
  readonly recordId: number;
  readonly title: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A table of which nothing is expected but its records. */
export const plainTable = (table: { id: string; title: string }, records: number): SeededTable => ({
  id: table.id,
  title: table.title,
  records,
  links: [],
  attachments: [],
  views: [],
  hooks: [],
});
