import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allEvents } from './catalogue.js';
import { eventsDocument } from './document.js';

describe('docs/events.md', () => {
  it('is what the definitions say (else run `npm run docs`)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../docs/events.md'), 'utf8')).toBe(eventsDocument());
  });

  it('tells of every event', () => {
    for (const { type } of allEvents) expect(eventsDocument()).toContain(`\n## ${type}\n`);
  });
});
