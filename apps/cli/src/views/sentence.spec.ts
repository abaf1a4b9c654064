import { describe, expect, it } from '@jest/globals';
import { countsText, sentenceOf } from './sentence.js';

describe('the sentence on an event', () => {
  it('tells what happened', () => {
    const failure = { reason: 'the token was refused', attempts: 1 };
    expect(sentenceOf('ExportFailed', { failure })).toBe('export failed: the token was refused (1 attempt)');
  });

  it('shows the data of an event that this version does not know', () => {
    expect(sentenceOf('BackupBlessed', { by: 'ada' })).toBe('{"by":"ada"}');
    expect(sentenceOf('constructor', {})).toBe('{}');
  });

  it('names a table as the plan does, and by its id without one', () => {
    const data = { tableId: 't1', failure: { reason: 'it is gone', attempts: 1 } };
    const table = { tableId: 't1', baseId: 'b1', title: 'Aufträge 2026', folder: 'x' };
    const bases = [{ baseId: 'b1', title: 'CRM', folder: 'y' }];
    const plan = {
      backupId: 'b',
      attempt: 'a',
      artifacts: [],
      nocodbVersion: null,
      bases,
      tables: [table],
      warnings: [],
    };
    expect(sentenceOf('TableExportFailed', data, plan)).toMatch(
      /^table "Aufträge 2026" of base "CRM" failed: /,
    );
    expect(sentenceOf('TableExportFailed', data)).toMatch(/^table t1 failed: /);
  });

  it('names the part that was brought to the bucket, and where a backup is not', () => {
    const failure = { reason: 'access denied', attempts: 5 };
    expect(sentenceOf('PartUploadFailed', { key: 'dump', destination: 's3', failure })).toBe(
      'database dump not uploaded to s3: access denied (5 attempts)',
    );
    const figures = { files: 2, bytes: 2000, seconds: 3 };
    expect(sentenceOf('PartUploaded', { key: 't1', destination: 's3', ...figures })).toMatch(
      /^table t1 uploaded to s3: 2 files, 2\.0 kB/,
    );
    const missingDestinations = [{ destination: 's3', reason: 'access denied' }];
    const sealed = { status: 'partial', destinations: ['local'], missingDestinations, files: 2, bytes: 2000 };
    expect(sentenceOf('Uploaded', sealed)).toBe(
      'manifest written, backup partial: 2 files, 2.0 kB, in local; not in s3',
    );
  });

  it('is one line, whatever the outside sent', () => {
    const failure = { reason: 'line\nline\u001b[2J', attempts: 2 };
    expect(sentenceOf('DumpFailed', { failure })).toBe('database dump failed: line line [2J (2 attempts)');
  });
});

describe('the counts of a restore', () => {
  it('are words, whatever their names are', () => {
    expect(countsText({ files: 1, bytes: 2000, alreadyThere: 0 })).toBe('1 file, 2.0 kB, 0 already there');
    expect(countsText({ recordsAlreadyThere: 1 })).toBe('1 record already there');
    expect(countsText({ records: 2, recordsAlreadyThere: 3 })).toBe('2 records, 3 records already there');
  });
});
