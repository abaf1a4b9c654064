import { describe, expect, it } from '@jest/globals';
import type { Backup } from '@nocodb-backup/backup';
import { figuresAtWork } from './figures-at-work.js';

const awaited = { state: 'awaited' };
const succeeded = { state: 'succeeded' };
const running = {
  request: { parts: ['dump', 'files', 'export'] },
  dump: succeeded,
  files: awaited,
  export: awaited,
  tables: new Map([['t1', succeeded]]),
} as unknown as Backup;
const figures = new Map(['dump', 'files', 't1', 't2'].map((work) => [work, { bytes: 1 }]));

describe('the figures of a running backup', () => {
  it('are those of the parts and tables that have not ended', () => {
    expect([...figuresAtWork(figures, running).keys()]).toEqual(['files', 't2']);
  });

  it('are those of the plan until there is one', () => {
    const planning = new Map([['plan', { failed: 'connection refused; next try in 10 s' }]]);
    expect(figuresAtWork(planning, running).size).toBe(1);
    const planned = { ...running, plan: {} } as unknown as Backup;
    expect(figuresAtWork(planning, planned).size).toBe(0);
  });

  it('are those of uploads until the end, as they come after the parts', () => {
    const uploading = new Map([['upload', { of: 'dump', bytes: 1 }]]);
    expect(figuresAtWork(uploading, running).size).toBe(1);
    const ended = { ...running, ending: { state: 'sealed' } } as unknown as Backup;
    expect(figuresAtWork(uploading, ended).size).toBe(0);
  });

  it('leave out all tables when the export has ended', () => {
    const timedOut = { ...running, export: { state: 'timed-out' } } as unknown as Backup;
    expect([...figuresAtWork(figures, timedOut).keys()]).toEqual(['files']);
  });
});
