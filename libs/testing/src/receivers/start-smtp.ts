import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions } from 'smtp-server';

/** A mail server that keeps what it is sent. */
export interface MailServer {
  readonly port: number;
  readonly mails: ParsedMail[];
  /** Answers to the next mails, in order: an SMTP code such as 451 refuses it. After them all are taken. */
  readonly refusals: number[];
  stop(): Promise<void>;
}

/** Starts a mail server on a free port; it asks for a password where one is named, and offers STARTTLS unless told otherwise. */
export const startSmtp = async (
  options: { readonly user?: string; readonly password?: string; readonly tls?: boolean } = {},
): Promise<MailServer> => {
  const mails: ParsedMail[] = [];
  const refusals: number[] = [];
  const server = new SMTPServer({
    ...authentication(options),
    disabledCommands: options.tls ? [] : ['STARTTLS'],
    onData: (stream, _session, done) => {
      void taken(stream, mails, refusals).then(
        () => {
          done();
        },
        (error: unknown) => {
          done(error as Error);
        },
      );
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve();
    });
  });
  const { port } = server.server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  return { port, mails, refusals, stop };
};

const authentication = ({ user, password }: { user?: string; password?: string }): SMTPServerOptions => ({
  authOptional: user === undefined,
  allowInsecureAuth: true,
  onAuth: (given, _session, done) => {
    if (given.username === user && given.password === password) done(null, { user: given.username });
    else done(new Error(`the password ${given.password ?? ''} of ${given.username ?? ''} is wrong`));
  },
});

const taken = async (
  stream: SMTPServerDataStream,
  mails: ParsedMail[],
  refusals: number[],
): Promise<void> => {
  const mail = await simpleParser(stream);
  const code = refusals.shift();
  if (code !== undefined) throw Object.assign(new Error('not now'), { responseCode: code });
  mails.push(mail);
};
