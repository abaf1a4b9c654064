import type { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplication, Logger } from '@nestjs/common';
import { BackupRequested } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { httpApplication } from '../http-server.js';
import { metricNames } from '../metrics/metrics.js';
import type { CatalogDatabase } from '../model/catalog-database.js';
import { memoryDatabase } from '../model/memory-database.js';
import { Projector } from '../projection/projector.js';
import { append, idOf, story } from '../scene.harness.js';
import { Catalog } from './catalog.js';
import { openApi, routes } from './openapi.js';

const token = 'a-token-of-many-letters';

describe('the HTTP API of the catalog', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let database: CatalogDatabase;
  let projector: Projector;
  let catalog: Catalog;
  const apps: INestApplication[] = [];

  const served = async (options: { host?: string; token?: string } = {}) => {
    const app = await httpApplication(catalog, { host: '127.0.0.1', port: 0, token: undefined, ...options });
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    return `http://127.0.0.1:${((app.getHttpServer() as ReturnType<typeof createServer>).address() as AddressInfo).port}`;
  };
  let url: string;
  const get = async (path: string, headers: Record<string, string> = {}, at = url) => {
    const answer = await fetch(at + path, { headers });
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  };
  const json = async (path: string) => JSON.parse((await get(path)).body) as unknown;
  const caughtUp = () =>
    poll(async () => {
      const { sequence, logSequence } = await catalog.status();
      return sequence === logSequence;
    }, AbortSignal.timeout(15_000));

  beforeAll(async () => {
    Logger.overrideLogger(false);
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
    await append(log, story(0, 8));
    const stranger = { specversion: '1.0', id: 'x1', source: 's', type: 'FromTomorrow', subject: 's' };
    await connection.js.publish(
      'evt.tomorrow.x.FromTomorrow',
      JSON.stringify({
        ...stranger,
        time: '2026-01-01T00:00:00Z',
        datacontenttype: 'application/json',
        dataschema: 'urn:nocodb-backup:event:FromTomorrow:7',
        correlationid: 'x',
        data: {},
      }),
    );
    await connection.js.publish('evt.tomorrow.x.Garbage', 'no event');
    await log.append(
      BackupRequested({
        backupId: idOf(40),
        source: 'other',
        parts: ['dump'],
        records: true,
        attachments: true,
        trigger: 'manual',
        requestedBy: 'ada',
        deadline: '2026-01-02T00:00:00Z',
      }),
    );
    database = await memoryDatabase();
    projector = new Projector(log, database, { retryMs: 50, checkMs: 100, batch: 10 });
    projector.start();
    catalog = new Catalog(database, log, projector);
    await caughtUp();
    url = await served();
  }, 60_000);
  afterAll(async () => {
    for (const app of apps) await app.close();
    await projector.stop();
    await database.close();
    await connection.close();
    await nats.stop();
  });

  it('makes its tables anew when somebody asks, and gives the same as before', async () => {
    const before = await get('/api/backups?all=true');
    const answers = await Array.fromAsync(projector.rebuilds.asked());
    expect(answers.at(-1)).toMatchObject({ events: (await log.info()).lastSequence });
    expect(await get('/api/backups?all=true')).toEqual(before);
    expect(await json('/api/status')).toMatchObject({ state: 'following', rebuilds: 2 });
  });

  it('answers each documented route as its document says', async () => {
    const backup = idOf(5);
    const ids: Record<string, string> = { '/api/tables/{id}/history': 't1', '/api/events/{sequence}': '7' };
    for (const { path, answer } of routes) {
      const asked = path.replace(/\{\w+\}/, ids[path] ?? backup);
      const got = await get(asked);
      expect([asked, got.status, got.type]).toEqual([asked, 200, 'application/json; charset=utf-8']);
      expect(answer.safeParse(JSON.parse(got.body)).error?.issues).toBeUndefined();
    }
    expect(await json('/api/openapi.json')).toEqual(JSON.parse(JSON.stringify(openApi())));
  });

  it('lists what this version does not know, and is not stopped by it', async () => {
    const events = (await json('/api/events?id=x')) as {
      type: string;
      known: boolean;
      version: number | null;
    }[];
    expect(events).toMatchObject([
      { type: 'Garbage', known: false, version: null, eventId: null },
      { type: 'FromTomorrow', known: false, version: 7, eventId: 'x1' },
    ]);
    expect(await json(`/api/backups/${idOf(40)}`)).toMatchObject({ source: 'other', verdict: 'overdue' });
  });

  it('tells how a table grew, and one backup after another', async () => {
    const points = (await json('/api/tables/t0/history?limit=2')) as { backupId: string; records: number }[];
    expect(points.map(({ backupId, records }) => [backupId, records])).toEqual([
      [idOf(7), 70],
      [idOf(6), 60],
    ]);
    expect(await json(`/api/tables/t0/history?limit=1&before=${idOf(6)}`)).toMatchObject([{ records: 50 }]);
    expect(await json(`/api/backups?limit=1&before=${idOf(6)}`)).toMatchObject([{ id: idOf(5) }]);
    expect(await json(`/api/backups/${idOf(5)}`)).toMatchObject({
      verifications: [{ verdict: 'damaged', findings: ['database.sql.gz has changed'] }],
      restores: [{ verdict: 'completed', counts: { rows: 9 } }],
    });
  });

  it('says what is wrong with what was asked', async () => {
    const wrong = await get('/api/backups?limit=0&color=red');
    expect([wrong.status, wrong.type]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(wrong.body).toMatch(/limit.*color/s);
    expect((await get('/api/backups/nothing')).status).toBe(404);
    expect((await get('/api/events/999999')).status).toBe(404);
    expect((await get('/api/else')).type).toContain('problem+json');
    expect((await fetch(`${url}/api/backups`, { method: 'DELETE' })).status).toBe(404);
  });

  it('asks for the token, and without one refuses names that only lead to this machine', async () => {
    const guarded = await served({ token, host: '0.0.0.0' });
    expect((await get('/api/backups', {}, guarded)).status).toBe(401);
    expect((await get('/metrics', { authorization: `Bearer ${token}x` }, guarded)).status).toBe(401);
    expect((await get('/api/backups', { authorization: `Bearer ${token}` }, guarded)).status).toBe(200);
    expect((await get('/health/live', {}, guarded)).status).toBe(200);
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(`${url}/api/backups`, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  it('is healthy when it has caught up, and says whether there is a good backup', async () => {
    expect((await get('/health/ready')).status).toBe(200);
    const now = catalog.now();
    expect(await json('/health/backups')).toMatchObject({ good: true, sources: [{ source: 'default' }] });
    Object.assign(catalog, { now: () => new Date(now.getTime() + 27 * 3600_000) });
    expect((await get('/health/backups')).status).toBe(503);
    expect((await get('/health/backups?maxAgeHours=48')).status).toBe(200);
    Object.assign(catalog, { now: () => new Date() });
  });

  it('gives metrics that Prometheus can read', async () => {
    const { body } = await get('/metrics');
    const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^nocodb_backup_\w+(\{(\w+="[^"]*",?)+\})? -?[0-9.e+]+$/);
    for (const name of metricNames) expect(body).toContain(`# TYPE ${name} gauge`);
    expect(lines).toContain('nocodb_backup_damaged{source="default"} 3');
    expect(lines).toContain('nocodb_backup_backups{source="other",verdict="overdue"} 1');
    expect(lines).toContain('nocodb_backup_catalog_lag 0');
    expect(lines).toContain('nocodb_backup_notifications{channel="slack",outcome="failed"} 6');
  });

  it('shows a page that loads nothing from elsewhere', async () => {
    const { body, type } = await get('/');
    expect(type).toContain('text/html');
    expect(body).not.toMatch(/https?:\/\//);
  });
});
