import { describe, expect, it } from '@jest/globals';
import { ExportPlanned, TableExported, TableExportFailed } from '@nocodb-backup/events';
import { evolveExport, exportOutcome, type Fact, nothingPlanned } from './export-outcome.js';

const backupId = '2026-02-05_05-15-00';
const planned = (...ids: string[]) =>
  ExportPlanned({
    backupId,
    attempt: 'a',
    artifacts: [],
    nocodbVersion: null,
    bases: [],
    tables: ids.map((tableId) => ({
      tableId,
      baseId: 'b',
      title: tableId,
      folder: `bases/b/tables/${tableId}`,
    })),
    warnings: [],
  });
const exported = (tableId: string) =>
  TableExported({
    backupId,
    tableId,
    attempt: 'a',
    artifacts: [],
    records: 10,
    links: 2,
    attachments: { index: null, files: 1, bytes: 5, missing: ['x'], missingCount: 1 },
    seconds: 1,
    warnings: [],
  });
const failed = (tableId: string) =>
  TableExportFailed({ backupId, tableId, failure: { reason: 'gone', attempts: 1 } });
const outcome = (...facts: Fact[]) => exportOutcome(facts.reduce(evolveExport, nothingPlanned));

describe('an export', () => {
  it('is not complete before it is planned', () => {
    expect(outcome(exported('t1'))).toBeUndefined();
  });

  it('is not complete while a table has not settled', () => {
    expect(outcome(planned('t1', 't2'), exported('t1'))).toBeUndefined();
  });

  it('of nothing is complete at once', () => {
    expect(outcome(planned())?.tables).toEqual({ planned: 0, exported: 0, failed: 0 });
  });

  it('is complete when the last table has settled, however it ended', () => {
    expect(outcome(planned('t1', 't2', 't3'), exported('t3'), failed('t1'), exported('t2'))).toEqual({
      tables: { planned: 3, exported: 2, failed: 1 },
      records: 20,
      links: 4,
      attachments: { files: 2, bytes: 10, missing: 2 },
    });
  });

  it('counts a table once, and as exported when one of two attempts exported it', () => {
    expect(outcome(planned('t1'), failed('t1'), exported('t1'))?.tables).toEqual({
      planned: 1,
      exported: 1,
      failed: 0,
    });
    expect(outcome(planned('t1'), exported('t1'), failed('t1'))?.records).toBe(10);
  });

  it('does not count tables that were not planned', () => {
    expect(outcome(planned('t1'), exported('t2'))).toBeUndefined();
  });

  it('ignores the facts of other parts', () => {
    expect(outcome({ type: 'DumpCompleted', data: {} }, planned())).toBeDefined();
  });
});
