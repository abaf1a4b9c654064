import {
  type ConsumerConfig,
  JetStreamApiCodes,
  JetStreamApiError,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { Connection } from './connection.js';
import { driftOf } from './drift.js';
import type { Lane } from './lane.js';
import {
  deadLaneConfig,
  deadStream,
  deadStreamConfig,
  eventStream,
  eventStreamConfig,
  failuresBucket,
  failuresConfig,
  laneConfig,
  type LogOptions,
} from './topology.js';

/** Thrown when the server holds a stream or consumer that differs from what this version needs. */
export class DriftError extends Error {
  override readonly name = 'DriftError';
}

/**
 * Makes the log, the DEAD stream, the bucket of failure counts, and the lanes' durable consumers, where they are missing.
 * Changes and deletes nothing that exists: throws a DriftError that names every differing option.
 */
export const provision = async (
  connection: Connection,
  lanes: readonly Lane[],
  options: LogOptions = {},
): Promise<void> => {
  await provideStream(connection, eventStreamConfig(options));
  await provideStream(connection, deadStreamConfig(options));
  await provideBucket(connection, options);
  for (const lane of lanes) {
    await provideConsumer(connection, eventStream, laneConfig(lane));
    await provideConsumer(connection, deadStream, deadLaneConfig(lane));
  }
};

/** Checks that a lane's consumers exist and are as this version needs them. Creates nothing. */
export const checkLane = async (connection: Connection, lane: Lane): Promise<void> => {
  for (const [stream, config] of [
    [eventStream, laneConfig(lane)],
    [deadStream, deadLaneConfig(lane)],
  ] as const) {
    const existing = await consumerOf(connection, stream, lane.durable);
    if (!existing)
      throw new Error(
        `the durable consumer "${lane.durable}" does not exist on stream ${stream}: run provision first`,
      );
    refuseDrift(`consumer "${lane.durable}" of stream ${stream}`, config, existing);
  }
};

const provideStream = async (
  { jsm }: Connection,
  config: Partial<StreamConfig> & { name: string },
): Promise<void> => {
  const existing = await unlessMissing(jsm.streams.info(config.name));
  const { config: got } = existing ?? (await jsm.streams.add(config));
  refuseDrift(`stream ${config.name}`, config, got);
};

const provideBucket = async ({ js, jsm }: Connection, options: LogOptions): Promise<void> => {
  const stream = `KV_${failuresBucket}`;
  const { replicas, history, ttl, storage } = failuresConfig(options);
  if (!(await unlessMissing(jsm.streams.info(stream))))
    await new Kvm(js).create(failuresBucket, failuresConfig(options));
  const { config } = await jsm.streams.info(stream);
  const asked = { num_replicas: replicas, max_msgs_per_subject: history, max_age: ttl * 1e6, storage };
  refuseDrift(`bucket ${failuresBucket}`, asked, config);
};

const provideConsumer = async (
  connection: Connection,
  stream: string,
  config: Partial<ConsumerConfig>,
): Promise<void> => {
  const name = config.durable_name ?? '';
  const existing = await consumerOf(connection, stream, name);
  const got = existing ?? (await connection.jsm.consumers.add(stream, config)).config;
  refuseDrift(`consumer "${name}" of stream ${stream}`, config, got);
};

const consumerOf = async (
  { jsm }: Connection,
  stream: string,
  name: string,
): Promise<ConsumerConfig | undefined> => (await unlessMissing(jsm.consumers.info(stream, name)))?.config;

const refuseDrift = (what: string, asked: object, got: object): void => {
  const drift = driftOf(asked, got);
  if (drift.length === 0) return;
  throw new DriftError(
    `${what} is not as asked for (${drift.join('; ')}). It was made by another version or by hand, or the server is too old; nothing was changed. Edit these options with the nats command line (nats stream edit, nats consumer edit), then start again.`,
  );
};

const missing: readonly number[] = [JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound];

const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof JetStreamApiError && missing.includes(error.code)) return undefined;
    throw error;
  }
};
