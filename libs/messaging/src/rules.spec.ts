import { describe, expect, it } from '@jest/globals';
import { BackupRequested } from '@nocodb-backup/events';
import { handBack, putAside } from './acknowledge.js';
import { driftOf } from './drift.js';
import { lanesFrom } from './lane.js';
import { messageFrom } from './message.js';
import { policyOf } from './policy.js';
import { reasonOf } from './reason.js';
import { refuseOldServer } from './server-version.js';
import { childOf } from './trace-context.js';

describe('the server floor', () => {
  it.each(['2.12.0', '2.12.3', '2.14.0', '2.15.1-beta.1', '3.0.0'])('takes %s', (version) => {
    expect(() => {
      refuseOldServer(version);
    }).not.toThrow();
  });

  it.each(['2.9.10', '2.11.99', '1.99.0', 'unknown'])('refuses %s and says what to do', (version) => {
    expect(() => {
      refuseOldServer(version);
    }).toThrow(/at least 2.12.0 is needed.*Upgrade nats-server/);
  });
});

describe('the drift between what was asked for and what is', () => {
  it('names each option that differs, and times in seconds', () => {
    expect(
      driftOf(
        { storage: 'file', deny_delete: true, ack_wait: 2e9, replicas: 1 },
        { storage: 'memory', ack_wait: 1.5e9, replicas: 1 },
      ),
    ).toEqual([
      { option: 'storage', asked: '"file"', is: '"memory"' },
      { option: 'deny_delete', asked: 'true', is: 'unset' },
      { option: 'ack_wait', asked: '2 s', is: '1.5 s' },
    ]);
  });

  it('does not mind what was not asked for, the order of a list, or that the server leaves out zeros', () => {
    expect(driftOf({ subjects: ['b', 'a'], max_age: 0 }, { subjects: ['a', 'b'], metadata: {} })).toEqual([]);
  });
});

describe('a reason', () => {
  it('tells the cause too, in one line', () => {
    expect(reasonOf(new Error('cannot dump', { cause: new Error('no route to host') }))).toBe(
      'cannot dump: no route to host',
    );
  });

  it('fits into a fact, and holds no password of a URL', () => {
    expect(reasonOf('x'.repeat(9000))).toHaveLength(4000);
    expect(reasonOf(new Error('at postgres://nocodb:s3cret@db:5432'))).toBe(
      'at postgres://nocodb:***@db:5432',
    );
  });
});

describe('a trace', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('goes on under a span of its own', () => {
    expect(childOf(parent)).toMatch(
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
    );
  });

  it.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
    'starts anew after %j',
    (broken) => {
      expect(childOf(broken)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    },
  );
});

describe('lanes', () => {
  const policy = policyOf();

  it('are one durable each, of the service and of every named lane', () => {
    const members = [{ on: BackupRequested }, { on: BackupRequested, lane: 'files', slots: 3 }];
    expect(lanesFrom('dumper', members, policy)).toMatchObject([
      { durable: 'dumper', slots: 1 },
      { durable: 'dumper-files', slots: 3 },
    ]);
  });

  it('refuse two numbers of slots', () => {
    const members = [
      { on: BackupRequested, slots: 2 },
      { on: { ...BackupRequested, type: 'Other' }, slots: 3 },
    ];
    expect(() => lanesFrom('dumper', members, policy)).toThrow(/ask for 2 and 3 slots/);
  });

  it('never let the server give up before the policy does', () => {
    expect(() => policyOf({ attempts: 20 })).toThrow(
      /maxDeliver \(20\) must be greater than attempts \(20\)/,
    );
  });
});

describe('an acknowledgement', () => {
  it('says how long to wait, in nanoseconds, and why something was put aside, in one line', () => {
    expect(handBack(0)).toBe('-NAK');
    expect(handBack(1500)).toBe('-NAK {"delay":1500000000}');
    expect(putAside('a\nb')).toBe('+TERM a b');
  });

  it.each([
    '$JS.ACK.EVENTS.dumper.2.7.9.1700000000123456789.0',
    '$JS.ACK._.hash.EVENTS.dumper.2.7.9.1700000000123456789.0',
    '$JS.ACK._.hash.EVENTS.dumper.2.7.9.1700000000123456789.0.random',
  ])('subject of either version tells the place in the log: %s', (reply) => {
    const message = { subject: 'evt.a.b.C', reply, data: new Uint8Array() };
    expect(messageFrom(message as never)).toMatchObject({
      sequence: 7,
      deliveries: 2,
      time: new Date(1_700_000_000_123),
    });
  });
});
