import type { Artifact } from '@nocodb-backup/events';
import {
  type Column,
  linkPair,
  linkReading,
  type LinkReading,
  linkTableId,
  pages,
  type Table,
} from '@nocodb-backup/nocodb';
import { linesDigest } from './content-digest.js';
import { gzippedJson } from './gzip-json.js';
import { type Job, warn } from './job.js';
import { readAgain } from './read-again.js';

export interface LinksExported {
  readonly artifact: Artifact;
  readonly links: number;
  /** Of the links, not of how they are stored. */
  readonly digest: string;
}

/** All links of all link columns of the table, whole: read from junction tables and foreign keys, never record by record. */
export const exportLinks = async (job: Job): Promise<LinksExported | undefined> => {
  if (job.columns.links.length === 0) return undefined;
  const readings = await readingsOf(job);
  return readAgain(async () => {
    const figures = { links: 0 };
    const path = `${job.planned.folder}/links.json.gz`;
    const content = linesDigest();
    const lines = gzippedJson(pairs(job, readings, figures), content.heard);
    const artifact = await job.sink.store(path, lines, job.signal);
    return { artifact, ...figures, digest: content.digest() };
  });
};

async function* pairs(job: Job, readings: readonly LinkReading[], figures: { links: number }) {
  for (const link of readings) {
    for await (const { rows } of pages(job.api, link.reading, job.signal)) {
      yield rows.map((row) => linkPair(link, row));
      figures.links += rows.length;
      job.progress({ links: figures.links });
    }
  }
}

const readingsOf = async (job: Job): Promise<readonly LinkReading[]> => {
  const tables = new Map<string, Table>([[job.table.id, job.table]]);
  const readings = [];
  for (const column of job.columns.links) {
    const reading = linkReading(column, job.table, await holderOf(job, column, tables));
    if (reading !== undefined) readings.push(reading);
    else warn(job, `the links "${column.title}" of "${job.table.title}" are not exported: ${noKey}`);
  }
  return readings;
};

const noKey = 'the records that hold them have no id of their own';

const holderOf = async (job: Job, column: Column, known: Map<string, Table>): Promise<Table> => {
  const id = linkTableId(column, job.table);
  const table = known.get(id) ?? (await job.api.table(id, job.signal));
  known.set(id, table);
  return table;
};
