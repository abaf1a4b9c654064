import { describe, expect, it } from '@jest/globals';
import { foldRestore, type Restore, type RestoreFact } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import pico from 'picocolors';
import { detailsOfRestore } from '../restore/details.js';
import { outcomeOf } from '../restore/outcome.js';
import { restoreDetails } from './restore-details.js';
import { restoreEnding } from './restore-ending.js';
import { restoreLines } from './restore-lines.js';
import { restorePlan } from './restore-plan.js';

const colors = pico.createColors(false);
const restoreId = '2026-02-06_08-00-00';
const backupId = '2026-02-05_05-15-00';
const now = new Date('2026-02-06T08:01:00Z');
const frame = { now, colors };

const asked = (kind: e.RestoreKind, planOnly = false) =>
  e.RestoreRequested({
    restoreId,
    backupId,
    kind,
    planOnly,
    source: 'default',
    scope: kind === 'records' ? { base: 'CRM' } : {},
    options: {},
    requestedBy: 'ada@desk',
  });
const step = (key: string, title: string) => {
  return { key, title, action: 'insert 3 records', target: null, existing: 0 };
};
const planned = e.RestorePlanned({
  restoreId,
  steps: [step('t1', '"Orders"'), step('t2', '"Pets"')],
  warnings: ['the key\ndiffers'],
});
const result = { target: null, warnings: [], seconds: 4 };
const left = (what: string, reason: string, count: number, examples: string[]) => {
  return { what, reason, count, examples };
};
const orders = e.RestoreStepCompleted({
  ...{ restoreId, key: 't1', ...result, counts: { records: 1, bytes: 2000 } },
  leftOut: [
    left('records of "Orders"', 'bad e-mail', 12, 'a b c d e f g h i j k l'.split(' ')),
    left('view "Board"', 'no such type', 1, []),
    left('links of "Orders"', 'bad e-mail', 2, ['7']),
  ],
});
const failed = e.RestoreFailed({ restoreId, failure: { reason: 'the disk is full', attempts: 5 } });

const given = (...facts: e.RestoreEvent[]): RestoreFact[] =>
  facts.map((fact, index) => {
    return { ...fact, sequence: index + 1, time: new Date(Date.UTC(2026, 1, 6, 8, 0, index)) };
  });
const folded = (...facts: e.RestoreEvent[]): Restore => {
  const restore = foldRestore(given(...facts));
  if (!restore) throw new Error('these facts make no restore');
  return restore;
};

describe('the plan of a restore', () => {
  const wish = (kind: e.RestoreKind) => {
    return { backupId, kind, scope: {}, options: asked(kind).data.options };
  };

  it('says how old the backup is, and that newer changes are not in what overwrites', () => {
    const text = restorePlan({ restoreId, wish: wish('dump'), plan: planned.data }, frame);
    expect(text).toBe(`\
Plan: database of ${backupId}, made 1 d 2 h ago
All of it will be as it was at 2026-02-05 05:15:00 UTC: what was changed later is not in the backup.
  1. "Orders"
     insert 3 records
  2. "Pets"
     insert 3 records
Warnings
  - the key differs`);
  });

  it('does not claim so of what adds', () => {
    const text = restorePlan({ restoreId, wish: wish('records'), plan: planned.data }, frame);
    expect(text).not.toContain('as it was');
  });
});

describe('the summary of a restore', () => {
  it('groups what was left out by its reason, with some examples', () => {
    const text = restoreEnding(outcomeOf(folded(asked('records'), planned, orders)), frame);
    expect(text).toContain(`\
Left out
  bad e-mail:
    - records of "Orders" (12): a, b, c, d, e, f, g, h, i, j, …
    - links of "Orders" (2): 7, …
  no such type:
    - view "Board"
Warnings
  - the key differs`);
  });

  it('of a failed one says what was done all the same, and how to ask again', () => {
    const text = restoreEnding(outcomeOf(folded(asked('records'), planned, orders, failed)), frame);
    expect(text).toContain(
      `${restoreId}  failed  records of ${backupId}, in 3 s\n  put back: 1 record, 2.0 kB\n`,
    );
    expect(text).toContain('Failed after 5 attempts: the disk is full\n');
    expect(text).toContain(`ask again: nocodb-backup restore-records ${backupId}`);
  });

  it('of a refused one says that nothing was touched, and claims nothing', () => {
    const refused = e.RestoreRefused({ restoreId, reason: 'NocoDB runs:\nstop it' });
    const text = restoreEnding(outcomeOf(folded(asked('files'), refused)), frame);
    expect(text).toContain('Refused: NocoDB runs:\n  stop it\nNothing was touched.');
    expect(text).not.toContain('put back');
  });
});

describe('the details of a restore', () => {
  it('tell what was asked, which steps are done, and its history', () => {
    const details = detailsOfRestore(given(asked('records'), planned, orders));
    expect(details).toMatchObject({
      verdict: 'running',
      endedAt: null,
      steps: [{ done: true }, { done: false }],
    });
    if (!details) throw new Error('no details');
    const lines = restoreDetails(details, frame).split('\n');
    expect(lines).toContain('  requested 2026-02-06 08:00:00 UTC, 1 min ago, by ada@desk');
    expect(lines).toContain('  ✔ "Orders": insert 3 records');
    expect(lines).toContain('  · "Pets": insert 3 records');
    expect(lines).toContain('  2026-02-06 08:00:02  "Orders": 1 record, 2.0 kB, 15 left out, in 4 s');
  });

  it('are none where there is no request', () => {
    expect(detailsOfRestore(given(planned))).toBeUndefined();
  });
});

describe('the progress of a restore', () => {
  const lines = (restore: Restore, ...work: [string, Record<string, number | string>, string] | []) => {
    const [name, figures, text] = work;
    const current = name === undefined ? undefined : { name, figures: figures ?? {}, text: text ?? '' };
    return restoreLines(restore, current, frame).map((line) => line.replace(/^[⠋-⠿]/u, '*'));
  };

  it('shows the steps, the current one, and how far that is', () => {
    const restore = folded(asked('records'), planned, orders);
    expect(lines(restore, 't2', { records: 1, recordsTotal: 2 }, '1 of 2 records')).toEqual([
      `${restoreId}  records, base "CRM" of ${backupId}  1 min`,
      '* ██████████░░░░░░░░░░ 1 of 2 steps',
      '  "Pets"',
      '  ██████████░░░░░░░░░░ 1 of 2 records',
      'Ctrl-C detaches; the restore goes on',
    ]);
  });

  it('says when nobody has taken it, and of a plan that nothing is touched', () => {
    expect(lines(folded(asked('dump', true)))).toEqual([
      `${restoreId}  plan: database of ${backupId}  1 min`,
      '* waits for a service',
      'nothing is touched yet; Ctrl-C leaves it so',
    ]);
  });

  it('says why an attempt failed', () => {
    const restore = folded(asked('dump'), planned);
    expect(lines(restore, 'restorer', { failed: 'no route' }, 'an attempt failed: no route')[2]).toBe(
      '  an attempt failed: no route',
    );
  });
});
