import { describe, expect, it } from '@jest/globals';
import { type BackupFact, foldBackup } from '@nocodb-backup/backup';
import { NotificationFailed, VerificationFailed } from '@nocodb-backup/events';
import { madeUpFacts, type MadeUpBackup } from '@nocodb-backup/testing';
import { escaped, html } from '../channels/html.js';
import { levelledTitle, plainText } from '../channels/plain-text.js';
import { redacted } from '../channels/redacted.js';
import type { Known, Tellable } from './known.js';
import { messageOf } from './message-of.js';

const id = '2026-11-22_05-15-00';
const at = (index: number) => ({
  sequence: index + 1,
  time: new Date(Date.UTC(2026, 10, 22, 5, 15 + index)),
});

const told = (made: MadeUpBackup, known: Known = {}) => {
  const facts = madeUpFacts(id, made).map((fact, index) => ({ ...fact, ...at(index) }));
  const backup = foldBackup(facts as BackupFact[]);
  return messageOf(facts.at(-1) as unknown as Tellable, { backup, ...known });
};

describe('what people are told', () => {
  it('says of a failed backup what is wrong, since when, and what to do', () => {
    const lastGood = { id: '2026-11-20_05-15-00', endedAt: new Date('2026-11-20T05:17:00Z') };
    const message = told({ status: 'failed' }, { lastGood });
    if (!message) throw new Error('nothing is told');
    expect(levelledTitle(message)).toBe('[ERROR] Backup FAILED: default');
    expect(plainText(message)).toBe(`There is no backup ${id}:
- database dump: connection refused
- not sealed: connection refused
The last complete backup is 2026-11-20_05-15-00, made 2 d ago.

Backup: ${id}
Source: default
Begun: 2026-11-22 05:15 UTC (schedule)
Took: 2 min
Stored: 0 B

What to do:
Find out what is wrong, mend it, and make another backup:
nocodb-backup doctor
nocodb-backup show ${id}
nocodb-backup backup`);
  });

  it('is a warning where something is missing, and good news where all is there', () => {
    expect(told({ status: 'partial' })?.level).toBe('warning');
    expect(told({ status: 'complete' })?.level).toBe('info');
  });

  it('names the damage that a verification found', () => {
    const failed = VerificationFailed({
      backupId: id,
      n: id,
      kind: 'verify',
      findings: ['a byte of database.sql.gz differs'],
    });
    const message = messageOf({ ...failed, ...at(0) }, {});
    expect(message).toMatchObject({ level: 'error', title: `Backup DAMAGED: ${id}` });
    expect(message?.lines).toContain('- a byte of database.sql.gz differs');
  });

  it('says nothing of a channel that could not tell that another one is broken', () => {
    const failure = { reason: 'HTTP 404', attempts: 1 };
    const about = 'evt.notification.x.NotificationFailed.email';
    const failed = NotificationFailed({ eventId: 'x', channel: 'teams', about, failure });
    expect(messageOf({ ...failed, ...at(0) }, {})).toBeUndefined();
  });

  it('escapes in HTML whatever comes from outside', () => {
    const message = {
      level: 'error',
      title: '<b>',
      lines: ['<script>'],
      facts: [['a', '"&']],
      next: [],
    } as const;
    expect(html(message)).not.toMatch(/<script>|<b>/);
    expect(html(message)).toContain('&quot;&amp;');
    expect(escaped(`'`)).toBe('&#39;');
  });

  it('hides addresses and the tokens in them', () => {
    const url = 'https://hooks.example.com/services/T000/secret-token?sig=signature';
    const text = `POST ${url} failed; /services/T000/secret-token was not found, sig signature`;
    expect(redacted(text, [url])).not.toMatch(/secret-token|signature/);
  });
});
