import { describe, expect, it } from '@jest/globals';
import type { CollationDrift, CollationRepair, CollationState } from '@nocodb-backup/postgres';
import { collationFinding } from './collation-finding.js';
import { progressLine, repairFinding } from './repair-finding.js';

const drift: CollationDrift = {
  oid: '5',
  of: 'database',
  name: 'nocodb',
  provider: 'libc',
  recorded: '2.31',
  actual: '2.36',
  isUsed: true,
  mayRecord: true,
};
const german: CollationDrift = {
  ...drift,
  oid: '12453',
  of: 'collation',
  name: 'pg_catalog."de-x-icu"',
  provider: 'icu',
};
const state = (more: Partial<CollationState> = {}): CollationState => ({
  database: 'nocodb',
  versionNumber: 150_018,
  isTracked: true,
  drifts: [],
  leftovers: [],
  ...more,
});
const repair = (more: Partial<CollationRepair> = {}): CollationRepair => ({
  dropped: [],
  indexes: 3,
  failures: [],
  before: state({ drifts: [drift, german] }),
  after: state(),
  ...more,
});

describe('what is said of the collations of a database', () => {
  it('is no warning where nothing uses the one that has changed', () => {
    expect(collationFinding(state({ drifts: [{ ...german, isUsed: false }] }))).toEqual({
      status: 'ok',
      text: 'nocodb: text is ordered as when its indexes were built; 1 collation of another version that nothing uses',
    });
  });

  it('does not call text well ordered where PostgreSQL does not know', () => {
    const { status, text } = collationFinding(state({ isTracked: false, versionNumber: 130_012 }));
    expect(status).toBe('ok');
    expect(text).toMatch(/PostgreSQL 13 does not record .* REINDEX by hand/);
  });

  it('names what has changed, also from or to a library that tells no version', () => {
    const toAlpine = { ...drift, actual: null };
    const fromAlpine = { ...german, recorded: null };
    const { status, text } = collationFinding(state({ drifts: [toAlpine, fromAlpine] }));
    expect(status).toBe('warn');
    expect(text.split('\n')).toEqual([
      'nocodb: its own collation (libc): version 2.31 when indexes were built, unknown now',
      'nocodb: collation pg_catalog."de-x-icu" (icu): version unknown when indexes were built, 2.36 now',
    ]);
  });

  it('names five of many', () => {
    const drifts = Array.from({ length: 812 }, (_, n) => ({ ...german, oid: String(n) }));
    const lines = collationFinding(state({ drifts })).text.split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('nocodb: and 807 more');
  });

  it('gives a user who may not mend it the statements for one who may, the recording last', () => {
    const { advice } = collationFinding(state({ drifts: [{ ...drift, recorded: null, mayRecord: false }] }));
    expect(advice).toMatch(/REINDEX DATABASE CONCURRENTLY "nocodb".*UPDATE pg_catalog\.pg_database .* = 5;$/);
  });

  it('tells of what a REINDEX has left, without alarm', () => {
    const { status, text, advice } = collationFinding(state({ leftovers: ['public.a_ccnew'] }));
    expect(status).toBe('warn');
    expect(text).toContain('1 invalid index of a REINDEX that was cut off: public.a_ccnew');
    expect(advice).not.toContain('may miss rows');
  });
});

describe('what is said of a repair', () => {
  it('names what was recorded, and what was not', () => {
    const left = { ...german, mayRecord: false };
    const finding = repairFinding(repair({ dropped: ['public.a_ccnew'], after: state({ drifts: [left] }) }));
    expect(finding.status).toBe('warn');
    expect(finding.text.split('\n')).toEqual([
      'nocodb: removed what a REINDEX that was cut off had left: public.a_ccnew',
      'nocodb: 3 indexes rebuilt, and then recorded: its own collation 2.31 -> 2.36',
      'nocodb: collation pg_catalog."de-x-icu" (icu): version 2.31 when indexes were built, 2.36 now',
    ]);
  });

  it('never sounds well when an index was not rebuilt', () => {
    const failures = [{ index: 'public.a', reason: 'two rows have the same value' }];
    const { status, text } = repairFinding(repair({ failures, after: state() }));
    expect(status).toBe('warn');
    expect(text).toMatch(/so no version was recorded:\nnocodb: public\.a: two rows/);
  });

  it('shows its progress with the name that the index will have, and who keeps it waiting', () => {
    const at = { index: '"Größe"."x_ccnew1"', phase: 'building index', percent: 43 };
    const some = { database: 'nocodb', rebuilt: 12, indexes: 1340 };
    expect(progressLine({ ...some, at })).toBe(
      'nocodb: 12 of 1,340 indexes rebuilt; at "Größe"."x" (building index, 43 %)',
    );
    expect(progressLine({ ...some, waitsFor: '"nocodb" with "pg_dump"' })).toBe(
      'nocodb: 12 of 1,340 indexes rebuilt; waits for "nocodb" with "pg_dump"',
    );
  });
});
