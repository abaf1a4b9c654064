import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allEvents, BackupTimedOut, PermanentError } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, mayDoAnything, provision } from '@nocodb-backup/messaging';
import { startNats } from '@nocodb-backup/testing';
import { roles } from './roles.js';
import { passwordOf, type ShippedNats, startShippedNats, withAllUsers } from './shipped-nats.harness.js';

const users = roles.map(({ name }) => name);
const lone = users.filter((name) => name !== 'operator' && name !== 'sidecar');
const subjects = allEvents.map(({ stream, type, key, by }) => ({
  subject: `evt.${stream}.spec.${type}${key === undefined ? '' : '.k'}`,
  by,
}));

let nats: ShippedNats;
const connections = new Map<string, Connection>();
const as = (user: string): Connection => {
  const connection = connections.get(user);
  if (!connection) throw new Error(`nobody is connected as ${user}`);
  return connection;
};
const connectAs = (user: string, server = nats, password = passwordOf(user)) =>
  connect({ servers: server.address, name: user, user, password, inboxPrefix: `_INBOX_${user}` });

beforeAll(async () => {
  nats = await startShippedNats();
  for (const user of users) connections.set(user, await connectAs(user));
  for (const { name, lanes, provisions } of roles)
    if (provisions && name !== 'sidecar') await provision(as(name), lanes);
}, 60_000);
afterAll(async () => {
  for (const connection of connections.values()) await connection.close();
  await nats.stop();
});

const isRefused = async (request: Promise<unknown>): Promise<boolean> => {
  try {
    await request;
    return false;
  } catch (error) {
    if (/permissions violation/i.test((error as Error).message)) return true;
    throw error;
  }
};

/** Whoever is not refused gets an answer: a request to the server, a fact, or none in time. */
const refusedOf = async (user: string, requests: readonly string[], body = ''): Promise<string[]> => {
  const { nats: wire } = as(user);
  const answers = requests.map(async (subject) =>
    (await isRefused(wire.request(subject, body, { timeout: 10_000 }))) ? [subject] : [],
  );
  return (await Promise.all(answers)).flat();
};

describe('whoever may not append a fact', () => {
  it.each(lone)('is refused, as %s is for each one of others, and for none of their own', async (user) => {
    const refused = await refusedOf(
      user,
      subjects.map(({ subject }) => subject),
      '{}',
    );
    const foreign = subjects.filter(({ by }) => !by.includes(user));
    expect(foreign.length).toBeGreaterThan(20);
    expect(refused.sort()).toEqual(foreign.map(({ subject }) => subject).sort());
  });

  it('is told so, and what to do', async () => {
    const forged = BackupTimedOut({ backupId: '2026-02-05_05-15-00', awaited: ['dump'] });
    const appended = new EventLog(as('exporter'), 'exporter').append(forged);
    await expect(appended).rejects.toMatchObject({
      constructor: PermanentError,
      message: expect.stringMatching(
        /^the log refused BackupTimedOut on evt\.backup\..*Allow this service's NATS user to publish there\.$/,
      ),
    });
  });

  it.each(lone)('cannot hide a fact beside the subjects of the events, as %s', async (user) => {
    const beside = ['evt.backup.spec', 'evt.backup.spec.Invented', 'evt.backup.spec.Uploaded.x', 'evt.x'];
    expect(await refusedOf(user, beside)).toEqual(beside);
  });
});

const streams = ['EVENTS', 'DEAD', 'KV_failures'];
const durables = roles.flatMap(({ name, lanes }) => lanes.map(({ durable }) => ({ durable, owner: name })));
const owned = durables.filter(({ owner }) => owner !== 'sidecar');
const api = (rest: string) => `$JS.API.${rest}`;

const destructive = [
  ...streams.flatMap((stream) =>
    ['DELETE', 'PURGE', 'UPDATE', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map(
      (verb) => api(`STREAM.${verb}.${stream}`),
    ),
  ),
  ...owned.flatMap(({ durable }) =>
    ['DELETE', 'PAUSE', 'RESET', 'UNPIN', 'LEADER.STEPDOWN'].map((verb) =>
      api(`CONSUMER.${verb}.EVENTS.${durable}`),
    ),
  ),
  ...owned.flatMap(({ durable }) => api(`CONSUMER.DELETE.DEAD.${durable}`)),
  api('STREAM.CREATE.OTHER'),
  api('CONSUMER.CREATE.EVENTS'),
  api('CONSUMER.CREATE.KV_failures.x'),
  api('ACCOUNT.PURGE.BACKUP'),
  '$KV.failures.x',
  '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.EVENTS.dumper-dump',
];

describe('every user', () => {
  it.each(users)('is refused what would harm the log, as %s', async (user) => {
    expect(await refusedOf(user, destructive)).toEqual(destructive);
  });

  it.each(lone)('is refused the deliveries of others, as %s', async (user) => {
    const foreign = owned
      .filter(({ owner }) => owner !== user)
      .flatMap(({ durable }) => [
        api(`CONSUMER.CREATE.EVENTS.${durable}`),
        api(`CONSUMER.CREATE.EVENTS.${durable}.evt.backup.*.BackupRequested`),
        api(`CONSUMER.DURABLE.CREATE.EVENTS.${durable}`),
        api(`CONSUMER.MSG.NEXT.EVENTS.${durable}`),
        `$JS.ACK.EVENTS.${durable}.1.1.1.1.0`,
        `$JS.ACK._.hash.EVENTS.${durable}.1.1.1.1.0`,
        `$KV.failures.${durable}.1`,
      ]);
    expect(await refusedOf(user, foreign)).toEqual(foreign);
  });

  it.each(users)('is refused to listen to the answers of others, as %s', async (user) => {
    const others = users.filter((name) => name !== user).map((name) => `_INBOX_${name}.>`);
    for (const subject of [...others, '_INBOX.>', '>', '$JS.>', '$KV.>']) {
      const subscription = as(user).nats.subscribe(subject);
      const listened = (async () => {
        for await (const _ of subscription) return 'heard something';
        return 'ended without a word';
      })();
      await expect(listened).rejects.toThrow(/permissions violation/i);
    }
  });

  it('cannot aim a consumer of their own at the log', async () => {
    const config = { durable_name: 'dumper-dump', deliver_subject: 'evt.backup.spec.Uploaded' };
    const body = JSON.stringify({ stream_name: 'EVENTS', config });
    const answer = await as('dumper').nats.request(api('CONSUMER.DURABLE.CREATE.EVENTS.dumper-dump'), body);
    expect(answer.json()).toMatchObject({ error: { description: expect.stringContaining('cycle') } });
  });

  it('who asks the catalog is answered, and the catalog may send nothing else to anybody', async () => {
    const inboxes = users.map((name) => `_INBOX_${name}.x.1`);
    expect(await refusedOf('catalog', inboxes.slice(0, 6))).toEqual(inboxes.slice(0, 6));
  });
});

describe('a person', () => {
  it('can see that their rights are limited', async () => {
    await expect(mayDoAnything(as('cli'))).resolves.toBe(false);
    await expect(mayDoAnything(as('dumper'))).resolves.toBeUndefined();
    const open = await startNats();
    const anybody = await connect({ servers: open.url, name: 'spec' });
    await expect(mayDoAnything(anybody)).resolves.toBe(true);
    await anybody.close();
    await open.stop();
  });
});

/** Where to acknowledge the next delivery. */
const delivered = async ({ nats: wire }: Connection, durable: string): Promise<string> => {
  const inbox = '_INBOX_dumper.pull';
  const subscription = wire.subscribe(inbox, { max: 1, timeout: 10_000 });
  wire.publish(api(`CONSUMER.MSG.NEXT.EVENTS.${durable}`), '{"batch":1}', { reply: inbox });
  for await (const { reply } of subscription) return String(reply);
  return 'nothing was delivered';
};

describe('a service', () => {
  it('changes its own consumers, as an upgrade does', async () => {
    for (const { name, lanes } of roles.filter((role) => lone.includes(role.name) && role.provisions)) {
      const changed = lanes.map((lane) => ({ ...lane, ackWaitMs: lane.ackWaitMs + 1000 }));
      await expect(provision(as(name), changed)).resolves.toBeUndefined();
    }
  });

  it.each([
    [false, /^\$JS\.ACK\.EVENTS\./],
    [true, /^\$JS\.ACK\._\./],
  ])('settles its deliveries, also by the subjects of later servers: %s', async (later, subject) => {
    const flags = `feature_flags { js_ack_fc_v2: ${String(later)} }\n`;
    const server = await startShippedNats({ edit: (text) => flags + withAllUsers(text) });
    const dumper = await connectAs('dumper', server);
    const cli = await connectAs('cli', server);
    try {
      await provision(dumper, roles.find(({ name }) => name === 'dumper')?.lanes ?? []);
      await cli.nats.request('evt.backup.spec.BackupRequested', '{}');
      const reply = await delivered(dumper, 'dumper-dump');
      expect(reply).toMatch(subject);
      await expect(dumper.nats.request(reply, '+ACK', { timeout: 5000 })).resolves.toBeDefined();
    } finally {
      await Promise.all([dumper.close(), cli.close()]);
      await server.stop();
    }
  });
});

describe('whoever is nobody', () => {
  it('is refused, without a name, with another name, or with a wrong password', async () => {
    const attempts = [
      () => connect({ servers: nats.address, name: 'spec' }),
      () => connectAs('nobody'),
      () => connectAs('dumper', nats, passwordOf('exporter')),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(/It refused the credentials/);
  });
});
