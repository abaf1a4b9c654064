import { describe, expect, it } from '@jest/globals';
import { sentenceOf } from './sentence.js';

describe('the sentence on an event', () => {
  it('tells what happened', () => {
    const failure = { reason: 'the token was refused', attempts: 1 };
    expect(sentenceOf('ExportFailed', { failure })).toBe('export failed: the token was refused (1 attempt)');
  });

  it('shows the data of an event that this version does not know', () => {
    expect(sentenceOf('BackupBlessed', { by: 'ada' })).toBe('{"by":"ada"}');
    expect(sentenceOf('constructor', {})).toBe('{}');
  });

  it('is one line, whatever the outside sent', () => {
    const failure = { reason: 'line\nline\u001b[2J', attempts: 2 };
    expect(sentenceOf('DumpFailed', { failure })).toBe('database dump failed: line line [2J (2 attempts)');
  });
});
