import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allEvents } from './catalogue.js';
import { eventsDocument, readmeWithEvents } from './document.js';

const page = (path: string) => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');

describe('docs/events.md', () => {
  it('is what the definitions say (else run `npm run docs`)', () => {
    expect(page('docs/events.md')).toBe(eventsDocument());
  });

  it('has its table in the README too', () => {
    expect(page('README.md')).toContain('| [BackupRequested](docs/events.md#backuprequested) |');
    expect(page('README.md')).toBe(readmeWithEvents(page('README.md')));
  });

  it('tells of every event', () => {
    for (const { type } of allEvents) expect(eventsDocument()).toContain(`\n## ${type}\n`);
  });
});
