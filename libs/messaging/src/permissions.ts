import { allEvents } from '@nocodb-backup/events';
import { answersInboxOf } from './inquiry.js';
import type { Lane } from './lane.js';
import { deadStream, deadSubjectOf, eventStream, failuresBucket, subjectPatternOf } from './topology.js';

/** Who connects to NATS, and what for. */
export interface Role {
  /** The NATS user. */
  readonly name: string;
  /** In whose names facts are appended, as the events' `by` has it. */
  readonly appendsAs: readonly string[];
  readonly lanes: readonly Lane[];
  /** Makes the streams where they are missing, as every service does at its start. */
  readonly provisions?: boolean;
  /** Is told at once when the log grows, and sees how far all services are behind. */
  readonly follows?: boolean;
  /** Is a person: sees everybody's progress, and what they may do themselves. */
  readonly watches?: boolean;
  /** Names of inquiries. */
  readonly asks?: readonly string[];
  readonly answers?: readonly string[];
}

/** Subjects that a NATS user may publish and subscribe to; all others are refused. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Where a user's replies arrive: nobody else may listen there. */
export const inboxOf = (user: string): string => `_INBOX_${user.replaceAll(/[^\w-]/g, '_')}`;

const api = '$JS.API';
const bucketStream = `KV_${failuresBucket}`;
const streams = [eventStream, deadStream, bucketStream];

/**
 * The least rights with which a role can do its work, among all roles. Nobody may change, purge or delete a stream, delete a message or a
 * consumer, or make a consumer on the bucket of failure counts: what one writes there oneself could be delivered to any subject.
 */
export const permissionsOf = (role: Role, roles: readonly Role[]): Permissions => ({
  publish: distinct([
    ...factsOf(role),
    ...readRights,
    ...(role.provisions ? provisionRights : []),
    ...(role.follows ? [`${api}.CONSUMER.LIST.${eventStream}`] : []),
    ...role.lanes.flatMap(laneRights),
    ...(role.watches ? ['$SYS.REQ.USER.INFO'] : []),
    ...(role.asks ?? []).map((name) => `ask.${name}`),
    ...(role.answers ?? []).flatMap((name) => answerRights(name, roles)),
  ]),
  subscribe: distinct([
    `${inboxOf(role.name)}.>`,
    ...(role.follows ? ['evt.>'] : []),
    ...(role.watches ? ['progress.>'] : []),
    ...(role.answers ?? []).map((name) => `ask.${name}`),
  ]),
});

const distinct = (subjects: readonly string[]): string[] => [...new Set(subjects)];

const factsOf = ({ appendsAs }: Role): string[] =>
  allEvents.filter(({ by }) => by.some((name) => appendsAs.includes(name))).map(subjectPatternOf);

/** Everything reads the log: facts hold no secrets. */
const readRights = [
  `${api}.INFO`,
  `${api}.STREAM.INFO.${eventStream}`,
  `${api}.STREAM.MSG.GET.${eventStream}`,
  `${api}.DIRECT.GET.${eventStream}`,
];

/** To create does nothing to a stream that is there. */
const provisionRights = streams.flatMap((stream) => [
  `${api}.STREAM.INFO.${stream}`,
  `${api}.STREAM.CREATE.${stream}`,
]);

const laneRights = ({ durable, events }: Lane): string[] => [
  ...[eventStream, deadStream].flatMap((stream) => consumerRights(stream, durable)),
  `${api}.CONSUMER.CREATE.${eventStream}.${durable}.>`,
  `${api}.CONSUMER.CREATE.${deadStream}.${durable}.${deadSubjectOf(durable)}`,
  `$KV.${failuresBucket}.${durable}.*`,
  `${api}.STREAM.MSG.GET.${bucketStream}`,
  ...events.map(({ stream }) => `progress.${stream}.*.*`),
];

/**
 * nats.js makes a consumer of several subjects, and changes any, by DURABLE.CREATE. The server is about to give acknowledgements longer
 * subjects: both forms are allowed.
 */
const consumerRights = (stream: string, durable: string): string[] => [
  `${api}.CONSUMER.INFO.${stream}.${durable}`,
  `${api}.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
  `${api}.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
  `$JS.ACK.*.*.${stream}.${durable}.>`,
];

const answerRights = (name: string, roles: readonly Role[]): string[] =>
  roles
    .filter(({ asks = [] }) => asks.includes(name))
    .map((asker) => `${answersInboxOf(inboxOf(asker.name))}.*`);
