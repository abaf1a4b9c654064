/** One row: where the projection stands. Written in the transaction that wrote the rest. */
export interface CheckpointRow {
  readonly id: number;
  readonly sequence: number;
  readonly eventId: string;
  /** When the log was created. */
  readonly logCreated: string;
  /** What made the tables: another one makes them anew. */
  readonly model: string;
}

/** What is on the outside of an event; the log has the rest. */
export interface EventRow {
  readonly sequence: number;
  /** Null for what is no event. */
  readonly eventId: string | null;
  readonly type: string;
  readonly version: number | null;
  /** `backup`, `restore` ...: whose id. */
  readonly stream: string;
  readonly subjectId: string;
  readonly key: string | null;
  readonly time: string;
  /** Whether this version of the program understands it. */
  readonly known: boolean;
}

/** `verdict` is that of the last fact: whether a running backup is overdue depends on when one asks. */
export interface BackupRow {
  readonly id: string;
  readonly source: string;
  readonly verdict: string;
  readonly good: boolean;
  readonly trigger: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly deadline: string;
  readonly endedAt: string | null;
  readonly seconds: number | null;
  readonly bytes: number;
  /** Separated by commas. */
  readonly destinations: string;
  readonly pinned: boolean;
  readonly verifiedAt: string | null;
  readonly provenAt: string | null;
  readonly damaged: boolean;
  /** The whole summary, as JSON. */
  readonly summary: string;
}

export interface PartRow {
  readonly backupId: string;
  readonly part: string;
  readonly status: string;
  readonly bytes: number;
  readonly seconds: number | null;
  /** Rows of the database, or records of the export. */
  readonly rows: number | null;
  /** Files of the data directory, or attached files of the export. */
  readonly files: number | null;
  readonly failure: string | null;
}

export interface BaseRow {
  readonly backupId: string;
  readonly baseId: string;
  readonly title: string;
  readonly tables: number;
}

export interface TableRow {
  readonly backupId: string;
  readonly tableId: string;
  readonly baseId: string | null;
  readonly title: string;
  readonly status: string;
  readonly records: number | null;
  readonly links: number | null;
  readonly attachments: number | null;
  readonly attachmentBytes: number | null;
  readonly missing: number | null;
  /** Of its files, attached ones included. */
  readonly bytes: number | null;
  readonly seconds: number | null;
  readonly failure: string | null;
}

export interface RestoreRow {
  readonly id: string;
  readonly backupId: string;
  readonly kind: string;
  readonly verdict: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly stepsPlanned: number | null;
  readonly stepsDone: number;
  /** As JSON. */
  readonly counts: string | null;
  readonly leftOut: number | null;
  /** Why it failed, or was refused. */
  readonly reason: string | null;
}

export interface VerificationRow {
  readonly backupId: string;
  readonly n: string;
  readonly kind: string;
  readonly verdict: string;
  readonly trigger: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly endedAt: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly tables: number | null;
  readonly rows: number | null;
  readonly seconds: number | null;
  /** As a JSON array. */
  readonly findings: string;
  readonly reason: string | null;
}

export interface NotificationRow {
  readonly sequence: number;
  readonly eventId: string;
  readonly channel: string;
  readonly about: string;
  readonly outcome: string;
  readonly level: string | null;
  readonly title: string | null;
  readonly time: string;
  readonly reason: string | null;
}

export interface AlertRow {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly level: string;
  readonly title: string;
  readonly since: string;
  readonly raisedAt: string;
  readonly clearedAt: string | null;
}

/** The tables of the catalog, by name. */
export interface Rows {
  readonly checkpoint: CheckpointRow;
  readonly events: EventRow;
  readonly backups: BackupRow;
  readonly parts: PartRow;
  readonly bases: BaseRow;
  readonly tables: TableRow;
  readonly restores: RestoreRow;
  readonly verifications: VerificationRow;
  readonly notifications: NotificationRow;
  readonly alerts: AlertRow;
}
export type TableName = keyof Rows;
