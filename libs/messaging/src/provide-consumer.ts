import type { ConsumerConfig } from '@nats-io/jetstream';
import type { LoggerService } from '@nestjs/common';
import type { Connection } from './connection.js';
import { type Drift, driftOf, refuseDrift } from './drift.js';
import { reasonOf } from './reason.js';
import { unlessMissing, unlessTaken } from './unless-missing.js';

export interface Wanted {
  readonly stream: string;
  readonly config: Partial<ConsumerConfig> & { durable_name: string };
}

/** What JetStream cannot change in place: another value means another consumer, and all of history again. */
const fixed: readonly string[] = ['durable_name', 'deliver_policy', 'ack_policy', 'replay_policy'];

/**
 * Makes the consumer, or changes the one that is there to what is asked for. It keeps its place in the log, and is never
 * made anew. Throws a DriftError for what cannot be changed.
 */
export const provideConsumer = async (
  connection: Connection,
  wanted: Wanted,
  logger?: Pick<LoggerService, 'log'>,
): Promise<void> => {
  const drift = driftFrom(wanted, (await consumerOf(connection, wanted)) ?? (await made(connection, wanted)));
  if (drift.length === 0) return;
  refuseDrift(nameOf(wanted), drift.filter(isFixed));
  await change(connection, wanted, drift);
  refuseDrift(nameOf(wanted), ignored(drift, driftFrom(wanted, await infoOf(connection, wanted))));
  logger?.log(`changed the ${nameOf(wanted)} to what this version asks for: ${changesText(drift)}`);
};

/**
 * Checks that the consumer exists and delivers what this version needs. Other numbers, and subjects that this version does
 * not ask for, are left to whichever version started last.
 */
export const checkConsumer = async (connection: Connection, wanted: Wanted): Promise<void> => {
  const existing = await consumerOf(connection, wanted);
  if (!existing) throw new Error(`the durable ${nameOf(wanted)} does not exist: run provision first`);
  const drift = driftFrom(wanted, existing);
  const covered = filtersOf(wanted.config).every((subject) => filtersOf(existing).includes(subject));
  refuseDrift(
    nameOf(wanted),
    drift.filter((one) => isFixed(one) || (one.option === 'filter_subjects' && !covered)),
  );
};

const nameOf = ({ stream, config }: Wanted): string =>
  `consumer "${config.durable_name}" of stream ${stream}`;

const isFixed = ({ option }: Drift): boolean => fixed.includes(option);

const consumerOf = async (
  { jsm }: Connection,
  { stream, config }: Wanted,
): Promise<ConsumerConfig | undefined> =>
  (await unlessMissing(jsm.consumers.info(stream, config.durable_name)))?.config;

const infoOf = async ({ jsm }: Connection, { stream, config }: Wanted): Promise<ConsumerConfig> =>
  (await jsm.consumers.info(stream, config.durable_name)).config;

/** Two replicas, or two versions, may make it at the same moment: what the faster one made is compared. */
const made = async (connection: Connection, wanted: Wanted): Promise<ConsumerConfig> =>
  (await unlessTaken(connection.jsm.consumers.add(wanted.stream, wanted.config)))?.config ??
  infoOf(connection, wanted);

/** One filter and several go by different names: the one that is not used must be emptied. */
const noFilter = { filter_subject: '', filter_subjects: [] };

/** Its answer is not to be trusted: nats-server 2.14 answers the first update after a start with the old options. */
const change = async ({ jsm }: Connection, wanted: Wanted, drift: readonly Drift[]): Promise<void> => {
  const { stream, config } = wanted;
  try {
    await jsm.consumers.update(stream, config.durable_name, { ...noFilter, ...config });
  } catch (error) {
    throw new Error(
      `the ${nameOf(wanted)} could not be changed to what this version asks for (${changesText(drift)}): ${reasonOf(error)}. Allow this service's NATS user to change consumers, or edit it with "nats consumer edit", then start again.`,
      { cause: error },
    );
  }
};

/** What is as it was although it was to be changed. What another version has set meanwhile is left to that one. */
const ignored = (before: readonly Drift[], after: readonly Drift[]): Drift[] =>
  after.filter(({ option, is }) => before.some((drift) => drift.option === option && drift.is === is));

const changesText = (drift: readonly Drift[]): string =>
  drift.map(({ option, asked, is }) => `${option} ${is} -> ${asked}`).join('; ');

const driftFrom = ({ config }: Wanted, existing: Partial<ConsumerConfig>): Drift[] =>
  driftOf(comparable(config), comparable(existing));

const comparable = (config: Partial<ConsumerConfig>): object => ({
  ...config,
  filter_subject: undefined,
  filter_subjects: filtersOf(config),
});

const filtersOf = ({ filter_subject, filter_subjects }: Partial<ConsumerConfig>): string[] =>
  filter_subjects?.length ? filter_subjects : filter_subject ? [filter_subject] : [];
