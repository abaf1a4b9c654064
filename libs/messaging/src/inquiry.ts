import { createInbox } from '@nats-io/transport-node';
import type { Connection } from './connection.js';

/** Thrown when nobody listens who could answer. */
export class NobodyAnswersError extends Error {}

/** What is done for an asker: each answer is told to them at once; an error ends it, and its message is told. */
export type Answering = () => AsyncIterable<object>;

const quietMs = 30_000;

/** Under which subjects answers arrive: apart from what the server answers, so that who answers inquiries cannot speak for the server. */
export const answersInboxOf = (inboxPrefix = '_INBOX'): string => `${inboxPrefix}.ask`;

/** Answers what is asked under a name, until `signal` aborts. On core NATS: nothing of it is stored. */
export const answerInquiries = (
  { nats }: Connection,
  name: string,
  { answering, signal }: { readonly answering: Answering; readonly signal: AbortSignal },
): void => {
  const subscription = nats.subscribe(`ask.${name}`, {
    callback: (error, { reply }) => {
      if (error || reply === undefined) return;
      const tell = (answer: object) => {
        if (!nats.isClosed() && !nats.isDraining()) nats.publish(reply, JSON.stringify(answer));
      };
      void answered(answering, tell);
    },
  });
  signal.addEventListener('abort', () => {
    subscription.unsubscribe();
  });
};

const answered = async (answering: Answering, tell: (answer: object) => void): Promise<void> => {
  try {
    for await (const answer of answering()) tell({ answer });
    tell({ end: true });
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
};

interface Told {
  readonly answer?: unknown;
  readonly end?: true;
  readonly failed?: string;
}

/**
 * Asks, and yields the answers until their end. Throws a NobodyAnswersError when nobody listens; an Error when what was asked for failed,
 * or nothing is heard for 30 s.
 */
export const inquire = async function* (
  { nats, inboxPrefix }: Connection,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<unknown, void> {
  const inbox = createInbox(answersInboxOf(inboxPrefix));
  const answers = nats.subscribe(inbox);
  const stop = () => {
    answers.unsubscribe();
  };
  const timer = setTimeout(stop, quietMs);
  signal.addEventListener('abort', stop);
  try {
    nats.publish(`ask.${name}`, '', { reply: inbox });
    for await (const message of answers) {
      if (message.headers?.code === 503) throw new NobodyAnswersError(`nobody answers ask.${name}`);
      const told = message.json<Told>();
      if (told.failed !== undefined) throw new Error(told.failed);
      if (told.end) return;
      yield told.answer;
      timer.refresh();
    }
    signal.throwIfAborted();
    throw new Error(`who answers ask.${name} has not been heard of for ${quietMs / 1000} s`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  }
};
