import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BackupRequested, BackupTimedOut, DumpCompleted } from '@nocodb-backup/events';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { appendOnce } from './append.js';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { envelopeOf } from './envelope.js';
import { EventLog } from './event-log.js';
import { provision } from './provision.js';
import { aDump, aRequest, typesOf } from './service.harness.js';

jest.setTimeout(20_000);

describe('the event log', () => {
  let server: NatsServer;
  let connection: Connection;
  let log: EventLog;
  const others: Connection[] = [];
  beforeAll(async () => {
    server = await startNats();
    connection = await connect({ servers: server.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  });
  afterAll(async () => {
    await Promise.all([connection, ...others].map((open) => open.close()));
    await server.stop();
  });
  const another = async () => {
    const open = await connect({ servers: server.url, name: 'other' });
    others.push(open);
    return open;
  };

  it('records a fact once, and tells everyone which one stands', async () => {
    const request = aRequest();
    const first = await log.append(request);
    const second = await log.append({ ...request, data: { ...request.data, requestedBy: 'somebody else' } });
    expect(first).toMatchObject({ mine: true, recorded: { data: request.data, source: 'spec' } });
    expect(second).toEqual({ mine: false, recorded: first.recorded });
  });

  it('has one winner for each fact, however many race', async () => {
    const logs = await Promise.all(
      Array.from({ length: 9 }, async (_, n) => new EventLog(await another(), `racer${n}`)),
    );
    for (let round = 0; round < 40; round++) {
      const request = aRequest();
      const answers = await Promise.all(logs.map((racer) => racer.append(request)));
      expect(answers.filter(({ mine }) => mine)).toHaveLength(1);
      expect(new Set(answers.map(({ recorded }) => recorded.id)).size).toBe(1);
    }
  });

  it('recognises its own earlier write when the acknowledgement was lost', async () => {
    const request = aRequest();
    await server.kill('SIGSTOP');
    const options = { origin: { source: 'spec' }, parent: undefined, publishTimeoutMs: 100 };
    const append = appendOnce(connection, request, options);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.kill('SIGCONT');
    expect(await append).toMatchObject({ mine: true });
    expect(await typesOf(log, request)).toEqual(['BackupRequested']);
  });

  it('says that a fact may be recorded or not when the log does not answer', async () => {
    const request = aRequest();
    await server.kill('SIGSTOP');
    const signal = AbortSignal.timeout(300);
    const options = { origin: { source: 'spec' }, parent: undefined, publishTimeoutMs: 100, signal };
    const append = appendOnce(connection, request, options);
    await expect(append)
      .rejects.toThrow(/did not confirm BackupRequested on .* safe/)
      .finally(() => server.kill('SIGCONT'));
  });

  it('reads everything of one id in order, and nothing of another', async () => {
    const request = aRequest();
    await log.append(request);
    await log.append(aRequest());
    await log.append(aDump(request.data.backupId));
    expect(await typesOf(log, request)).toEqual(['BackupRequested', 'DumpCompleted']);
  });

  it('reads more than one batch, each event once, up to the end as of the call', async () => {
    for (let n = 0; n < 24; n++) await Promise.all(Array.from({ length: 50 }, () => log.append(aRequest())));
    const { last_seq: end } = (await connection.jsm.streams.info('EVENTS')).state;
    const reading = log.read('evt.>', { upTo: end });
    const sequences: number[] = [];
    for await (const { sequence } of reading) {
      if (sequences.length === 0) await log.append(aRequest());
      sequences.push(sequence);
    }
    expect(sequences.length).toBeGreaterThan(1200);
    expect(sequences.at(-1)).toBe(end);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
  });

  it('does not pretend to have read what the log does not have yet', async () => {
    const reading = log.read('evt.>', { upTo: 1_000_000 })[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toThrow(/must reach 1000000/);
  });

  it('skips types, versions and messages that it cannot read', async () => {
    const request = aRequest();
    const newer = envelopeOf({ ...aDump(request.data.backupId), version: 99 }, { source: 'future' });
    await log.append(request);
    const prefix = `evt.backup.${request.data.backupId}`;
    await connection.js.publish(`${prefix}.DumpCompleted`, JSON.stringify(newer));
    const strange = { ...newer, type: 'Sung', dataschema: 'urn:nocodb-backup:event:Sung:1' };
    await connection.js.publish(`${prefix}.Sung`, JSON.stringify(strange));
    await connection.js.publish(`${prefix}.BackupTimedOut`, 'garbage');
    await connection.js.publish(`${prefix}.Empty`, '');
    const uploaded = `${prefix}.TableExportRequested.t1`;
    await connection.js.publish(uploaded, JSON.stringify(envelopeOf(request, { source: 'liar' })));

    expect(await typesOf(log, request)).toEqual(['BackupRequested']);
    const stored = await Array.fromAsync(log.stored(`${prefix}.>`));
    expect(stored.map(({ subject, event }) => [subject.slice(prefix.length + 1), event?.type])).toEqual([
      ['BackupRequested', 'BackupRequested'],
      ['DumpCompleted', undefined],
      ['Sung', undefined],
      ['BackupTimedOut', undefined],
      ['Empty', undefined],
      ['TableExportRequested.t1', undefined],
    ]);
    expect(stored.slice(1, 5).map(({ envelope }) => envelope)).toEqual([newer, strange, 'garbage', '']);
    expect(await log.last(DumpCompleted.subjectFor(request.data))).toBeUndefined();
    expect(await log.holds(DumpCompleted.subjectFor(request.data))).toBe(true);
    await expect(log.last(BackupTimedOut.subjectFor(request.data))).rejects.toThrow(/is no JSON/);
    await expect(log.append(aDump(request.data.backupId))).rejects.toThrow(/newer version/);
  });

  it('follows what is appended, without loss or repetition, across reconnects and a killed server', async () => {
    const follower = new EventLog(await another(), 'follower');
    const stop = new AbortController();
    const seen: string[] = [];
    const from = (await connection.jsm.streams.info('EVENTS')).state.last_seq + 1;
    const following = (async () => {
      for await (const { id } of follower.follow('evt.backup.*.BackupRequested', {
        from,
        signal: stop.signal,
      }))
        seen.push(id);
    })();
    const appended: string[] = [];
    const append = async () => appended.push((await log.append(aRequest())).recorded.id);
    for (let n = 0; n < 20; n++) await append();
    await server.kill('SIGKILL');
    const during = append();
    await server.restart();
    await during;
    for (let n = 0; n < 20; n++) await append();
    const end = Date.now() + 10_000;
    while (seen.length < appended.length && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await following;
    expect(seen).toEqual(appended);
  });

  it('cannot be shortened', async () => {
    const { recorded } = await log.append(aRequest());
    await expect(connection.jsm.streams.deleteMessage('EVENTS', recorded.sequence)).rejects.toThrow(/delete/);
    await expect(connection.jsm.streams.purge('EVENTS')).rejects.toThrow(/purge/);
    await expect(connection.jsm.streams.update('EVENTS', { deny_delete: false })).rejects.toThrow(/deny/);
  });

  it('never carries fields that an event does not have', () => {
    expect(() => BackupRequested({ ...aRequest().data, password: 'x' } as never)).toThrow(/password/);
  });
});
