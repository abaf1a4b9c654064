import { BackupImported } from '@nocodb-backup/events';

/** The fact that a whole backup, made at a time, was found in the vault. */
export const foundFact = (backupId: string, madeAt: Date, more: object = {}): BackupImported => {
  const none = { status: 'not requested', bytes: 0 } as const;
  return BackupImported({
    ...{ backupId, n: 'i1', destinations: ['local'], format: '2.0', manifest: null, status: 'complete' },
    ...{ source: 'default', parts: ['dump'], records: true, attachments: true, trigger: 'schedule' },
    ...{ requestedBy: 'schedule', reason: null, files: 2, bytes: 2000 },
    ...{ requestedAt: madeAt.toISOString(), settledAt: madeAt.toISOString() },
    ...{ nocodbVersion: null, postgresVersion: null, failures: [], warnings: [] },
    dump: { status: 'complete', bytes: 1000, tables: 1, rows: 1, sqlBytes: 50_000 },
    dataFiles: { ...none, files: 0, tarBytes: 0 },
    export: { ...none, planned: 0, exported: 0, failed: 0, bases: [], tables: [] },
    ...more,
  });
};
