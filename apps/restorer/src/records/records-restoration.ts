import type { PlannedStep } from '@nocodb-backup/events';
import type { StoredTable } from '@nocodb-backup/vault';
import { attachmentSources, tableOfAttachmentStep } from '../attachments/attachment-steps.js';
import { restoreTableAttachments } from '../attachments/restore-table-attachments.js';
import type { Conclusion, Plan, PlannedWork, Restoration, StepOutcome, Work } from '../restoration.js';
import type { Target } from '../target.js';
import { linkDuties } from './link-duties.js';
import { recordPlan, stepOf } from './record-plan.js';
import { plannedTables, RecordTables } from './record-tables.js';
import { reservedText } from './reserved.js';
import { reserveIds } from './reserve-ids.js';
import { restoreLinks } from './restore-links.js';
import { restoreRecords } from './restore-records.js';
import { storedTable } from './table-pair.js';

/** Records with their ids and order, then their links, then their files, over NocoDB's API. */
export class RecordsRestoration implements Restoration {
  readonly #tables: RecordTables;

  constructor(private readonly target: Target) {
    this.#tables = new RecordTables(target);
  }

  async plan(work: Work): Promise<Plan> {
    return recordPlan(this.target.api, work);
  }

  sources(work: PlannedWork): readonly string[] {
    const tables = plannedTables(work);
    const own = tables.flatMap(({ paths: { schema, records, order, links } }) => [
      schema,
      records,
      order,
      links,
    ]);
    const files = work.request.options.withAttachments ? attachmentSources(tables) : [];
    return [...own.filter((path) => path !== undefined), ...files];
  }

  async perform(step: PlannedStep, work: PlannedWork): Promise<StepOutcome> {
    const tables = plannedTables(work);
    const files = tableOfAttachmentStep(step, tables);
    if (files) return this.#files(files, work);
    const stored = tables.find(({ entry }) => step.key.endsWith(`-${entry.id}`));
    if (stored === undefined) throw new Error(`the backup has no table for step ${step.key}`);
    if (step.key.startsWith(stepOf.ids)) return this.#ids(stored, work);
    return step.key.startsWith(stepOf.records) ? this.#records(stored, work) : this.#links(stored, work);
  }

  conclude(work: PlannedWork): Promise<Conclusion> {
    const warnings = [
      "NocoDB's API cannot set who created and changed a record and when: these are the restore's user and time",
    ];
    const hasFiles = plannedTables(work).some(({ paths }) => paths.attachments !== undefined);
    const next = ['Open NocoDB and look at the tables, links and order of the records.'];
    if (hasFiles && !work.request.options.withAttachments)
      next.push(`Put the attached files back: nocodb-backup restore-attachments ${work.request.backupId}`);
    return Promise.resolve({ warnings, next });
  }

  async #ids(stored: StoredTable, work: PlannedWork): Promise<StepOutcome> {
    const { pair, place } = await this.#tables.open(stored, work);
    const reserved = place && (await reserveIds({ pair, place }, work));
    return { target: reserved ? reservedText(reserved) : null, counts: {}, leftOut: [], warnings: [] };
  }

  async #records(stored: StoredTable, work: PlannedWork): Promise<StepOutcome> {
    const task = await this.#tables.task(stored, work);
    return task ? restoreRecords(task, work) : withoutIds(stored);
  }

  async #links(stored: StoredTable, work: PlannedWork): Promise<StepOutcome> {
    const { pair } = await this.#tables.open(stored, work);
    const linked = [];
    for (const table of plannedTables(work)) linked.push({ stored: table, from: await storedTable(table) });
    const columns = linkDuties(linked).get(stored.entry.id) ?? [];
    const sideOf = this.#tables.sides(plannedTables(work), work);
    return restoreLinks({ target: this.target, pair, columns, limit: this.#tables.limit, sideOf }, work);
  }

  async #files(stored: StoredTable, work: PlannedWork): Promise<StepOutcome> {
    const { pair } = await this.#tables.open(stored, work);
    const side = await this.#tables.sides(plannedTables(work), work)(pair.from.id, pair.to.id);
    const recordIdOf = (id: unknown) => {
      const there = side.idOf(id);
      const isIdentified = typeof there === 'number' || typeof there === 'string';
      return isIdentified && side.ids.has(there) ? there : undefined;
    };
    // The files of records that were there before stay as they are, like the records.
    const isLeft = (id: unknown) => side.ids.has(side.idOf(id)) && !side.restored.has(side.idOf(id));
    const wanted = { ...stored, attachments: (signal: AbortSignal) => filesWithout(stored, isLeft, signal) };
    return restoreTableAttachments(this.target, { stored: wanted, tableId: pair.to.id, recordIdOf }, work);
  }
}

async function* filesWithout(
  stored: StoredTable,
  isLeft: (record: unknown) => boolean,
  signal: AbortSignal,
): ReturnType<StoredTable['attachments']> {
  for await (const entry of stored.attachments(signal)) if (!isLeft(entry.record)) yield entry;
}

const withoutIds = ({ entry }: StoredTable): StepOutcome => ({
  target: null,
  counts: { records: 0 },
  leftOut:
    entry.records === 0
      ? []
      : [
          {
            what: `records of "${entry.title}"`,
            reason:
              'the table has no column of its own that tells its records apart: restore the database dump instead',
            count: entry.records,
            examples: [],
          },
        ],
  warnings: [],
});
