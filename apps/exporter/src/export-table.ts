import type { Artifact, TableExported, TableExportRequested } from '@nocodb-backup/events';
import { tableDefinition } from '@nocodb-backup/nocodb';
import { type AttachmentFigures, exportAttachments } from './attachments.js';
import { contentHash } from './content-digest.js';
import { warnOfEarlyDates } from './early-dates.js';
import { prettyJson } from './gzip-json.js';
import { type Job, jobFor, type Tools, warn } from './job.js';
import { exportOrder } from './record-order.js';
import { exportRecords } from './records.js';
import { exportLinks } from './table-links.js';

/** What the fact on an exported table says, besides who exported it. */
export type TableExport = Omit<TableExported['data'], 'backupId' | 'attempt'>;

type Wanted = TableExportRequested['data'];

/** Streams one table into artifacts: definition, records, their order, links, attached files. */
export const exportTable = async (tools: Tools, wanted: Wanted): Promise<TableExport> => {
  const began = performance.now();
  const job = await jobFor(tools, wanted);
  const schema = await exportDefinition(job);
  const content = wanted.records ? await exportContent(job) : noContent;
  const attached = wanted.attachments ? await exportAttachments(job) : { artifacts: [], figures: noFiles };
  return {
    tableId: wanted.tableId,
    artifacts: [schema, ...content.artifacts, ...attached.artifacts],
    records: content.records,
    links: content.links,
    attachments: attached.figures,
    contentHash: content.contentHash,
    seconds: (performance.now() - began) / 1000,
    warnings: [...job.warnings],
  };
};

const noContent = { artifacts: [], records: 0, links: 0, contentHash: undefined };
const noFiles: AttachmentFigures = { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 };

const exportDefinition = async (job: Job): Promise<Artifact> => {
  const definition = await tableDefinition(job.api, job.table.id, job.signal);
  if (definition.hooks === null) {
    warn(job, `the webhooks of "${job.table.title}" are not exported: the token's user must be a creator`);
  }
  return job.sink.store(`${job.planned.folder}/schema.json`, prettyJson(definition), job.signal);
};

const exportContent = async (job: Job) => {
  const { artifact, records, digest } = await exportRecords(job);
  await warnOfEarlyDates(job);
  const order = await exportOrder(job);
  const linked = await exportLinks(job);
  const artifacts = [artifact, order, linked?.artifact].filter((one) => one !== undefined);
  const hash = contentHash({ records: digest, links: linked?.digest });
  return { artifacts, records, links: linked?.links ?? 0, contentHash: hash };
};
