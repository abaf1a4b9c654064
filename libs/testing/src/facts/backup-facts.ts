import * as e from '@nocodb-backup/events';

const artifact = { path: 'database.sql.gz', bytes: 1000, sha256: '0'.repeat(64) };
/** Of `{}`, which tests write as the manifest of a made-up backup. */
const manifest = {
  path: 'manifest.json',
  bytes: 2,
  sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
};
const failure = { reason: 'connection refused', attempts: 5 };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };

/** How a made-up backup ended, and what it consists of. */
export interface MadeUpBackup {
  readonly status?: 'complete' | 'partial' | 'failed' | 'running';
  readonly destinations?: readonly e.Destination[];
  readonly parts?: readonly e.Part[];
  readonly source?: string;
}

/** The facts of a made-up backup, as the services would record them; a partial one lacks its files. */
export const madeUpFacts = (backupId: string, made: MadeUpBackup = {}): e.BackupEvent[] => {
  const { status = 'complete', destinations = ['local'], source = 'default' } = made;
  const parts = [...(made.parts ?? (status === 'partial' ? ['dump', 'files'] : ['dump']))] as e.Part[];
  const request = { records: true, attachments: true, trigger: 'schedule', requestedBy: 'schedule' } as const;
  const requested = e.BackupRequested({
    backupId,
    source,
    parts,
    ...request,
    deadline: '2030-01-01T00:00:00Z',
  });
  if (status === 'running') return [requested];
  if (status === 'failed')
    return [
      requested,
      ...parts.flatMap((part) => partFailed(backupId, part)),
      e.UploadFailed({ backupId, failure }),
    ];
  return [
    requested,
    ...parts.flatMap((part) =>
      status === 'partial' && part === 'files' ? partFailed(backupId, part) : partDone(backupId, part),
    ),
    e.Uploaded({
      backupId,
      status,
      destinations: [...destinations],
      manifest,
      files: 2,
      bytes: 2000,
    }),
  ];
};

const partFailed = (backupId: string, part: e.Part): e.BackupEvent[] => {
  if (part === 'dump') return [e.DumpFailed({ backupId, failure })];
  return [
    part === 'files' ? e.FilesArchiveFailed({ backupId, failure }) : e.ExportFailed({ backupId, failure }),
  ];
};

const partDone = (backupId: string, part: e.Part): e.BackupEvent[] => {
  const done = { backupId, attempt: 'a', artifacts: [artifact], seconds: 1, warnings: [] };
  if (part === 'dump')
    return [
      e.DumpCompleted({
        ...done,
        serverVersion: '15.18',
        clientVersion: '15.18',
        sqlBytes: 1,
        tables: 1,
        rows: 1,
        collation,
      }),
    ];
  if (part === 'files') return [e.FilesArchived({ ...done, files: 1, tarBytes: 1 })];
  const totals = { tables: { planned: 0, exported: 0, failed: 0 }, records: 0, links: 0 };
  return [e.ExportCompleted({ backupId, ...totals, attachments: { files: 0, bytes: 0, missing: 0 } })];
};
