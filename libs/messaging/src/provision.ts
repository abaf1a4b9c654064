import type { StreamConfig } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { LoggerService } from '@nestjs/common';
import type { Connection } from './connection.js';
import { driftOf, refuseDrift } from './drift.js';
import type { Lane } from './lane.js';
import { checkConsumer, provideConsumer, type Wanted } from './provide-consumer.js';
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
import { unlessMissing, unlessTaken } from './unless-missing.js';

export interface ProvisionOptions extends LogOptions {
  /** Told what was changed, and which limits are other than asked for. */
  readonly logger?: Pick<LoggerService, 'log' | 'warn'>;
}

/**
 * Makes the log, the DEAD stream, the bucket of failure counts, and the lanes' durable consumers, where they are missing,
 * and changes existing consumers to what this version asks for. A consumer keeps its place in the log: facts of a type that
 * is new to it are delivered from that place on, older ones are not. A handler that must see those too gets a lane of its
 * own, which begins at the first fact. When two versions run side by side, the one that started last decides.
 *
 * Streams are never changed: throws a DriftError for what would weaken the log, warns of other limits.
 */
export const provision = async (
  connection: Connection,
  lanes: readonly Lane[],
  { logger, ...options }: ProvisionOptions = {},
): Promise<void> => {
  await provideStream(connection, { config: eventStreamConfig(options), may: limits }, logger);
  await provideStream(connection, { config: deadStreamConfig(options), may: [...limits, 'max_age'] }, logger);
  await provideBucket(connection, options, logger);
  for (const wanted of lanes.flatMap(consumersOf)) await provideConsumer(connection, wanted, logger);
};

/** Checks that a lane's consumers exist and deliver what this version needs. Changes nothing. */
export const checkLane = async (connection: Connection, lane: Lane): Promise<void> => {
  for (const wanted of consumersOf(lane)) await checkConsumer(connection, wanted);
};

const consumersOf = (lane: Lane): Wanted[] => [
  { stream: eventStream, config: laneConfig(lane) },
  { stream: deadStream, config: deadLaneConfig(lane) },
];

type Named = Partial<StreamConfig> & { name: string };
type Warned = Pick<LoggerService, 'warn'> | undefined;

/** With `discard: new` a limit refuses new facts, and loses none. An administrator may set them. */
const limits: readonly string[] = ['max_bytes', 'max_msgs', 'num_replicas', 'duplicate_window'];

interface WantedStream {
  readonly config: Named;
  /** Options that may differ. */
  readonly may: readonly string[];
}

const provideStream = async (
  { jsm }: Connection,
  { config, may }: WantedStream,
  logger: Warned,
): Promise<void> => {
  const existing =
    (await unlessMissing(jsm.streams.info(config.name))) ?? (await unlessTaken(jsm.streams.add(config)));
  const { config: got } = existing ?? (await jsm.streams.info(config.name));
  compare({ config, may }, got, logger);
};

const provideBucket = async ({ js, jsm }: Connection, options: LogOptions, logger: Warned): Promise<void> => {
  const name = `KV_${failuresBucket}`;
  const bucket = failuresConfig(options);
  if (!(await unlessMissing(jsm.streams.info(name))))
    await unlessTaken(new Kvm(js).create(failuresBucket, bucket));
  const { replicas: num_replicas, history: max_msgs_per_subject, storage } = bucket;
  const config = { name, num_replicas, max_msgs_per_subject, max_age: bucket.ttl * 1e6, storage };
  const may = [...limits, 'max_age', 'max_msgs_per_subject'];
  compare({ config, may }, (await jsm.streams.info(name)).config, logger);
};

const compare = ({ config, may }: WantedStream, got: StreamConfig, logger: Warned): void => {
  const drift = driftOf(config, got);
  refuseDrift(
    `stream ${config.name}`,
    drift.filter(({ option }) => !may.includes(option)),
  );
  for (const { option, asked, is } of drift)
    logger?.warn(`stream ${config.name} has ${option} ${is} instead of ${asked}: left as it is`);
};
