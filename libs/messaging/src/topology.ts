import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Lane } from './lane.js';

export const eventStream = 'EVENTS';
export const deadStream = 'DEAD';
export const failuresBucket = 'failures';

export interface LogOptions {
  /** Copies of the log, 1 or 3 (on a cluster of at least three servers). Default 1. */
  readonly replicas?: number;
  /** The log refuses new events beyond this size, and never drops old ones. Default: the disk is the limit. */
  readonly maxBytes?: number;
}

type Named<Config> = Partial<Config> & { name: string };

/** The log itself: kept for ever, refuses when it is full, cannot be shortened. */
export const eventStreamConfig = ({ replicas = 1, maxBytes = -1 }: LogOptions): Named<StreamConfig> => ({
  name: eventStream,
  subjects: ['evt.>'],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  max_bytes: maxBytes,
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
  allow_rollup_hdrs: false,
  duplicate_window: nanos(2 * 60_000),
  num_replicas: replicas,
});

const advisory = '$JS.EVENT.ADVISORY.CONSUMER';

/** The server's word on deliveries that nobody finished, or that were put aside. */
export const deadStreamConfig = ({ replicas = 1 }: LogOptions): Named<StreamConfig> => ({
  name: deadStream,
  subjects: [`${advisory}.MAX_DELIVERIES.${eventStream}.>`, `${advisory}.MSG_TERMINATED.${eventStream}.>`],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_age: 0,
  max_msgs: 100_000,
  allow_direct: true,
  num_replicas: replicas,
});

/** The stream behind the bucket of failure counts; a count that nobody cleared is forgotten after 30 days. */
export const failuresConfig = ({ replicas = 1 }: LogOptions) => ({
  replicas,
  history: 1,
  ttl: 30 * 24 * 3600_000,
  storage: StorageType.File,
});

/** Every subject that facts of a kind can have. */
export const subjectPatternOf = ({ stream, type, key }: Lane['events'][number]): string =>
  `evt.${stream}.*.${type}${key === undefined ? '' : '.*'}`;

const subjectsOf = ({ events }: Lane): string[] => events.map(subjectPatternOf).sort();

/** A single filter goes by another name: only then can the server's permissions see it. */
const filterOf = (subjects: string[]): Partial<ConsumerConfig> =>
  subjects.length === 1 && subjects[0] !== undefined
    ? { filter_subject: subjects[0] }
    : { filter_subjects: subjects };

/** The durable consumer of a lane. No `backoff`: it would override `ack_wait`; pauses are the client's. */
export const laneConfig = (lane: Lane): Partial<ConsumerConfig> & { durable_name: string } => ({
  durable_name: lane.durable,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  ack_wait: nanos(lane.ackWaitMs),
  max_deliver: lane.maxDeliver,
  max_ack_pending: 1000,
  ...filterOf(subjectsOf(lane)),
});

/** Where the server tells that it gave up deliveries of a durable. */
export const deadSubjectOf = (durable: string): string =>
  `${advisory}.MAX_DELIVERIES.${eventStream}.${durable}`;

/** Who the lane's given-up deliveries are told to: a durable on the DEAD stream. */
export const deadLaneConfig = ({ durable }: Lane): Partial<ConsumerConfig> & { durable_name: string } => ({
  durable_name: durable,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  replay_policy: ReplayPolicy.Instant,
  ack_wait: nanos(30_000),
  max_deliver: -1,
  max_ack_pending: 1000,
  filter_subject: deadSubjectOf(durable),
});
