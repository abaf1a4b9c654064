import { contentSummaryOf } from '@nocodb-backup/backup';
import type { Channel, Notice } from './channel.js';
import { post } from './post.js';
import { signatureHeaders } from './signature.js';

const variable = 'NOCODB_BACKUP_WEBHOOK_URL';

/** Where the webhook is, with what it is signed, and where backups lie. */
export interface WebhookSettings {
  readonly url: string;
  readonly secret?: string | undefined;
  readonly places: Places;
}

/** The folders in which backups lie, for the paths in the JSON. */
export interface Places {
  readonly local: string;
  /** `s3://bucket/prefix`; undefined without a bucket. */
  readonly s3?: string | undefined;
}

/** Any program that takes JSON; signed where there is a secret. */
export const webhookChannel = ({ url, secret, places }: WebhookSettings): Channel => ({
  name: 'webhook',
  tell: async (notice, signal) => {
    const body = JSON.stringify(payload(notice, places));
    const headers = {
      'idempotency-key': notice.id,
      ...(secret === undefined ? {} : signatureHeaders(body, secret, new Date())),
    };
    await post({ variable, url, body, headers, secrets: [secret] }, signal);
    return [];
  },
});

const statuses = { error: 'error', warning: 'warning', info: 'success' } as const;

/** The JSON of the Python tool, field by field, and what it did not tell. What is not about a backup has null there. */
export const payload = (notice: Notice, places: Places): object => {
  const { id, type, time, message } = notice;
  return {
    ...backupFields(notice, places),
    status: statuses[message.level],
    message: [message.title, ...message.lines].join('\n'),
    event_id: id,
    event_type: type,
    event_time: time.toISOString(),
    title: message.title,
    facts: Object.fromEntries(message.facts),
    what_to_do: message.next,
  };
};

const backupFields = ({ backup, time }: Notice, places: Places): object => {
  if (!backup) return noBackup;
  const { id, request, plan } = backup;
  const { bytes, parts, tables, failures } = contentSummaryOf(backup);
  return {
    backup_id: id,
    instance_name: request.source,
    bases_count: plan?.bases.length ?? 0,
    tables_count: tables.exported,
    records_count: backup.export.state === 'succeeded' ? backup.export.data.records : 0,
    total_size: bytes,
    duration_seconds: secondsOf(backup, time),
    ...pathFields(backup, places),
    database_dump_size: parts.dump?.bytes ?? 0,
    file_backup_size: parts.files?.bytes ?? 0,
    error_messages: failures,
  };
};

/** What is told of it later, such as a verification, does not make it take longer. */
const secondsOf = ({ requestedAt, ending }: NonNullable<Notice['backup']>, time: Date): number =>
  ((ending?.at.time ?? time).getTime() - requestedAt.getTime()) / 1000;

const pathFields = ({ id, ending }: NonNullable<Notice['backup']>, { local, s3 }: Places): object => {
  const destinations = ending?.state === 'sealed' ? ending.data.destinations : [];
  return {
    local_path: destinations.includes('local') ? `${local}/${id}` : null,
    s3_path: destinations.includes('s3') && s3 !== undefined ? `${s3}/${id}` : null,
  };
};

const noBackup = {
  backup_id: null,
  instance_name: null,
  bases_count: null,
  tables_count: null,
  records_count: null,
  total_size: null,
  duration_seconds: null,
  local_path: null,
  s3_path: null,
  database_dump_size: null,
  file_backup_size: null,
  error_messages: [],
};
