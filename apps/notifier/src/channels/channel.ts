import type { Backup } from '@nocodb-backup/backup';
import type { NotificationChannel } from '@nocodb-backup/events';
import type { Message } from '../told/message.js';

/** What is told of one event, and which one that is. */
export interface Notice {
  /** The event's id: a channel that knows it from before need not tell it again. */
  readonly id: string;
  readonly type: string;
  readonly time: Date;
  readonly message: Message;
  /** The backup that it is about. */
  readonly backup?: Backup | undefined;
}

/** A way to tell people. */
export interface Channel {
  readonly name: NotificationChannel;
  /**
   * Tells; answers what went wrong on the way although people were told. Throws to be tried again, a PermanentError when that cannot
   * help, a RateLimitedError when the other side says when.
   */
  tell(notice: Notice, signal: AbortSignal): Promise<readonly string[]>;
}

/** Thrown when the other side is well, and wants to be asked later. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';

  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}
