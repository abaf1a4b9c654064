import type { Event } from '@nocodb-backup/events';
import { z } from 'zod';
import type { Connection } from './connection.js';
import type { Figures } from './delivery.js';

/** How far running work is, as of now. Not history: nobody stores it. */
export interface Progress {
  /** `backup`, `restore`: whose id. */
  readonly stream: string;
  readonly id: string;
  readonly part: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

const Payload = z.record(z.string(), z.union([z.number(), z.string()]));
const token = /^[A-Za-z0-9_-]+$/;

/** Tells the figures of work on an event to whoever listens right now. Never throws, never waits. */
export const tellProgress = (
  { nats }: Connection,
  { subject }: Event,
  { part, ...figures }: Figures,
): void => {
  const [, stream = '', id = ''] = subject.split('.');
  if (nats.isClosed() || nats.isDraining() || !token.test(part ?? '')) return;
  nats.publish(`progress.${stream}.${id}.${part ?? ''}`, JSON.stringify(figures));
};

/** Yields the progress of one backup (or restore), or of all of a stream, until the signal aborts. */
export const watchProgress = async function* (
  { nats }: Connection,
  { stream, id = '*', signal }: { stream: string; id?: string; signal: AbortSignal },
): AsyncGenerator<Progress, void> {
  const subscription = nats.subscribe(`progress.${stream}.${id}.*`);
  const stop = () => {
    subscription.unsubscribe();
  };
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) return;
    for await (const message of subscription) {
      const progress = progressFrom(message.subject, message.string());
      if (progress) yield progress;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
};

const progressFrom = (subject: string, payload: string): Progress | undefined => {
  const [, stream = '', id = '', part = ''] = subject.split('.');
  try {
    return { stream, id, part, figures: Payload.parse(JSON.parse(payload)) };
  } catch {
    return undefined;
  }
};
