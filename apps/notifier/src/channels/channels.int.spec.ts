import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MailServer, type Receiver, startReceiver, startSmtp } from '@nocodb-backup/testing';
import type { Notice } from './channel.js';
import { emailChannel, type EmailSettings } from './email.js';
import { post } from './post.js';
import { teamsChannel } from './teams.js';

const { signal } = new AbortController();
const message = {
  level: 'error',
  title: 'It broke',
  lines: ['<b>Why</b>'],
  facts: [],
  next: ['nocodb-backup doctor'],
} as const;
const notice: Notice = { id: 'an-event', type: 'UploadFailed', time: new Date(), message };

describe('a channel', () => {
  let smtp: MailServer;
  let tls: MailServer;
  let receiver: Receiver;

  beforeAll(async () => {
    smtp = await startSmtp({ user: 'mailer', password: 'the-smtp-password' });
    tls = await startSmtp({ tls: true });
    receiver = await startReceiver();
  });
  afterAll(() => Promise.all([smtp.stop(), tls.stop(), receiver.stop()]));

  const mailed = (more: Partial<EmailSettings> = {}) =>
    emailChannel({
      host: '127.0.0.1',
      port: smtp.port,
      encryption: 'none',
      user: 'mailer',
      password: 'the-smtp-password',
      from: { name: 'Backup', address: 'backup@example.com' },
      to: ['admin@example.com'],
      ...more,
    }).tell(notice, signal);

  it('writes text and escaped HTML, and the same Message-ID each time', async () => {
    await mailed();
    await mailed();
    const [first, second] = smtp.mails;
    expect(first?.subject).toBe('[ERROR] It broke');
    expect(first?.html).toContain('&lt;b&gt;Why&lt;/b&gt;');
    expect([first?.messageId, second?.messageId]).toEqual(Array(2).fill('<an-event@nocodb-backup>'));
  });

  it('tries a mail server again that says not now, and not one that says never', async () => {
    smtp.refusals.push(451, 550);
    await expect(mailed()).rejects.toMatchObject({ name: 'Error' });
    await expect(mailed()).rejects.toMatchObject({ name: 'PermanentError' });
  });

  it('tells of a wrong password without telling it', async () => {
    const failure = await mailed({ password: 'a-wrong-password' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'PermanentError' });
    expect(String(failure)).not.toContain('a-wrong-password');
  });

  it('sends nothing in clear where TLS is wanted, nor to a server that nobody vouches for', async () => {
    await expect(mailed({ encryption: 'starttls' })).rejects.toThrow(/STARTTLS/i);
    await expect(mailed({ port: tls.port, encryption: 'starttls', user: undefined })).rejects.toThrow(
      /certificate/i,
    );
    expect(tls.mails).toEqual([]);
  });

  it('gives up on a server that never answers', async () => {
    receiver.replies.push('hang');
    const request = { variable: 'X', url: `${receiver.url}/secret-token`, body: '', timeoutMs: 100 };
    await expect(post(request, signal)).rejects.toThrow(
      'the address in X could not be reached: no answer within 0.1 s',
    );
  });

  it('takes the yes of an old Teams webhook for a no where its text says so', async () => {
    receiver.replies.push({
      status: 200,
      body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    });
    await expect(teamsChannel(receiver.url).tell(notice, signal)).rejects.toMatchObject({
      name: 'RateLimitedError',
    });
  });
});
