import { PermanentError } from '@nocodb-backup/events';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Channel, Notice } from './channel.js';
import { html } from './html.js';
import { levelledTitle, plainText } from './plain-text.js';
import { redacted } from './redacted.js';

/** The mail server, and who writes to whom. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** `ssl` from the first byte, `starttls` after the greeting (refused where there is none), or in clear. */
  readonly encryption: 'ssl' | 'starttls' | 'none';
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: readonly string[];
}

const limits = {
  connectionTimeout: 20_000,
  greetingTimeout: 20_000,
  socketTimeout: 30_000,
  dnsTimeout: 20_000,
};

/** What may take longer than any single step of it. */
const totalMs = 90_000;

/** E-mail as text and HTML. The same event always has the same Message-ID, by which mail programs know it from before. */
export const emailChannel = (settings: EmailSettings): Channel => ({
  name: 'email',
  tell: async (notice, signal) => {
    const transport = createTransport({ ...connectionOf(settings), ...limits });
    const cut = () => {
      transport.close();
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(totalMs)]);
    limit.addEventListener('abort', cut);
    try {
      const sent = await unlessAborted(transport.sendMail(mailOf(settings, notice)), limit);
      return refused(sent.rejected.length, settings);
    } catch (error) {
      signal.throwIfAborted();
      throw failure(error, settings);
    } finally {
      limit.removeEventListener('abort', cut);
      transport.close();
    }
  },
});

const connectionOf = ({ host, port, encryption, user, password }: EmailSettings) => ({
  host,
  port,
  secure: encryption === 'ssl',
  requireTLS: encryption === 'starttls',
  ignoreTLS: encryption === 'none',
  ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
});

const mailOf = ({ from, to }: EmailSettings, { id, time, message }: Notice) => ({
  from,
  to: [...to],
  subject: levelledTitle(message),
  text: `${message.title}\n\n${plainText(message)}\n`,
  html: html(message),
  messageId: `<${id}@nocodb-backup>`,
  date: time,
  headers: { 'Auto-Submitted': 'auto-generated', 'X-NocoDB-Backup-Event': id },
  disableFileAccess: true,
  disableUrlAccess: true,
});

const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => {
    reject(new Error(`no end within ${totalMs / 1000} s`));
  };
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const refused = (count: number, { to }: EmailSettings): string[] =>
  count > 0 ? [`the mail server refused ${count} of ${to.length} recipients`] : [];

const SmtpError = z.looseObject({
  message: z.string(),
  code: z.string().optional(),
  responseCode: z.number().optional(),
});

const failure = (error: unknown, { host, port, user, password, to }: EmailSettings): Error => {
  const parsed = SmtpError.safeParse(error);
  const { message, responseCode } = parsed.success
    ? parsed.data
    : { message: String(error), responseCode: undefined };
  const text = redacted(`the mail server ${host}:${port} did not take the e-mail: ${message}`, [
    password,
    password === undefined ? undefined : Buffer.from(password).toString('base64'),
    password === undefined ? undefined : Buffer.from(`\0${user ?? ''}\0${password}`).toString('base64'),
    ...to,
  ]);
  return (responseCode ?? 0) >= 500 ? new PermanentError(text) : new Error(text);
};
