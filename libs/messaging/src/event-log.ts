import type { Event } from '@nocodb-backup/events';
import { type Appended, appendOnce } from './append.js';
import type { Connection } from './connection.js';
import { checkpointAt, type Checkpoint, verifyContinuity } from './continuity.js';
import type { Cause } from './delivery.js';
import { follow, type FollowOptions } from './follow.js';
import { answerInquiries, type Answering } from './inquiry.js';
import { type Imported, importEntries, type LogEntry } from './import-entries.js';
import { lastStored } from './leader.js';
import { consumerLags, type ConsumerLag, logInfo, type LogInfo } from './log-info.js';
import { entriesOf, type ReadOptions, readLog } from './read.js';
import { type Recorded, recordedFrom, type Stored } from './recorded.js';
import { type StoredEvent, understood } from './stored-event.js';

/** The one source of truth. A subject holds one fact for ever; appending it again changes nothing. */
export class EventLog {
  /** `service` is the source of what is appended. */
  constructor(
    private readonly connection: Connection,
    private readonly service: string,
  ) {}

  /**
   * Records a fact unless its subject holds one. Keeps trying the same envelope until the log has answered, `signal` aborts,
   * or (without a signal) 30 s have passed; then throws, and the fact may or may not be recorded.
   */
  append(event: Event, cause?: Cause, options: { signal?: AbortSignal } = {}): Promise<Appended> {
    const origin = { source: this.service, correlationId: cause?.correlationId, causationId: cause?.id };
    return appendOnce(this.connection, event, { origin, parent: cause?.traceparent, ...options });
  }

  /** The fact on a subject, from the log's leader; undefined when there is none, or none that this version knows. Throws an EnvelopeError for what is no event. */
  async last(subject: string): Promise<Recorded | undefined> {
    const stored = await lastStored(this.connection, subject);
    return stored && recordedFrom(stored);
  }

  /** Whether the subject holds a fact, of whatever version. */
  async holds(subject: string): Promise<boolean> {
    return (await lastStored(this.connection, subject)) !== undefined;
  }

  /**
   * Everything on the subjects that match, oldest first, up to the log's end as of the call, known to this version or not.
   * With `upTo` it throws when the log does not reach so far.
   */
  stored(filter: string, options: ReadOptions = {}): AsyncIterable<StoredEvent> {
    return readLog(this.connection, filter, options);
  }

  /** As `stored`, then what is appended later, until the signal aborts. Survives reconnects without loss or repetition. */
  followStored(filter: string, options: FollowOptions): AsyncIterable<StoredEvent> {
    return follow(this.connection, filter, options);
  }

  /** As `stored`, without what this version cannot read. */
  read(filter: string, options: ReadOptions = {}): AsyncIterable<Recorded> {
    return understood(this.stored(filter, options));
  }

  /** The whole log as it is stored, for another one. */
  entries(options: ReadOptions = {}): AsyncIterable<Stored> {
    return entriesOf(this.connection, 'evt.>', options);
  }

  /**
   * Writes another log's entries to this one, which must be empty, or hold the first of them and nothing else. Throws a
   * LogTakenError otherwise; after any other error it goes on where it stopped when it is called again.
   */
  import(
    entries: AsyncIterable<LogEntry>,
    options: { readonly signal: AbortSignal; readonly progress?: (entries: number) => void },
  ): Promise<Imported> {
    return importEntries(this.connection, entries, options);
  }

  /** As `followStored`, without what this version cannot read. */
  follow(filter: string, options: FollowOptions): AsyncIterable<Recorded> {
    return understood(this.followStored(filter, options));
  }

  /** Whether the server can be reached right now. */
  get connected(): boolean {
    return this.connection.connected;
  }

  /** Which log this is, and how far it goes. */
  info(): Promise<LogInfo> {
    return logInfo(this.connection);
  }

  /** How far each durable consumer is behind, of all services. */
  lags(): Promise<ConsumerLag[]> {
    return consumerLags(this.connection);
  }

  /** Answers what is asked under a name (see `inquire`), until the signal aborts. */
  answer(name: string, options: { readonly answering: Answering; readonly signal: AbortSignal }): void {
    answerInquiries(this.connection, name, options);
  }

  /** What to remember beside a read model that has been brought up to an event. */
  checkpoint(event: Pick<Recorded, 'sequence' | 'id'>): Promise<Checkpoint> {
    return checkpointAt(this.connection, event);
  }

  /** Throws a DiscontinuityError when the log is not the one that the checkpoint was taken from: rolled back, or replaced. */
  verifyContinuity(checkpoint: Checkpoint): Promise<void> {
    return verifyContinuity(this.connection, checkpoint);
  }
}
