import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Health, LaneHealth } from '@nocodb-backup/messaging';
import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { integer } from './config.js';

/** Where a service that is a process of its own says how it is; in `up` the catalog does, for all. */
export const HealthConfig = z.object({
  /** 0 = nowhere. */
  NOCODB_BACKUP_HEALTH_PORT: integer(0, 65_535, 0),
  NOCODB_BACKUP_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
});
export type HealthConfig = z.infer<typeof HealthConfig>;

/** A server of health, until it is closed. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Whose health is told. */
interface Told {
  readonly name: string;
  readonly health: () => Promise<Health>;
}

/** A lane asks the server for work every twenty seconds. */
const SILENCE_MS = 60_000;

/** NATS is there, and every lane works or has been told lately that there is nothing to do. */
export const isReady = ({ connected, lanes }: Health, now: Date): boolean =>
  connected &&
  lanes.every(
    ({ running, answeredAt }) =>
      running > 0 || (answeredAt !== undefined && now.getTime() - answeredAt.getTime() < SILENCE_MS),
  );

/** Serves `/health/live`, `/health/ready` and `/metrics` of one service. Throws a ConfigError when it cannot listen there. */
export const serveHealth = async (
  { name, health }: Told,
  { NOCODB_BACKUP_HEALTH_HOST: host, NOCODB_BACKUP_HEALTH_PORT: port }: HealthConfig,
): Promise<HealthServer> => {
  const server = createServer((request, response) => {
    answer(request, { name, health })
      .catch((): Answer => ({ status: 503, body: { ready: false, reason: 'NATS does not answer' } }))
      .then(
        (found) => {
          send(response, found);
        },
        () => undefined,
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ConfigError([`NOCODB_BACKUP_HEALTH_PORT: cannot listen at ${host}:${port}: ${error.message}`]),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

const answer = async ({ url, method }: IncomingMessage, service: Told): Promise<Answer> => {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: { reason: 'only GET' } };
  switch ((url ?? '').replace(/\?.*/, '')) {
    case '/health/live':
      return { status: 200, body: { live: true } };
    case '/health/ready': {
      const health = await service.health();
      const ready = isReady(health, new Date());
      return { status: ready ? 200 : 503, body: { ready, service: service.name, ...health } };
    }
    case '/metrics':
      return { status: 200, body: metricsOf(service.name, await service.health()) };
    default:
      return { status: 404, body: { reason: 'there are /health/live, /health/ready and /metrics' } };
  }
};

const send = (response: ServerResponse, { status, body }: Answer): void => {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(isText ? body : `${JSON.stringify(body, null, 2)}\n`);
};

const laneFigures = [
  ['running', 'Events that this process works on', 'running'],
  ['pending', 'Events that wait for a free slot of any replica', 'pending'],
  ['ack_pending', 'Events that are given out to any replica', 'ackPending'],
  ['redelivered', 'Of these, those that are not given out for the first time', 'redelivered'],
] as const satisfies readonly (readonly [string, string, keyof LaneHealth])[];

/** What Prometheus scrapes, in its text format. */
const metricsOf = (service: string, { connected, lanes }: Health): string =>
  [
    '# HELP nocodb_backup_connected 1 while NATS can be reached',
    '# TYPE nocodb_backup_connected gauge',
    `nocodb_backup_connected{service="${service}"} ${Number(connected)}`,
    ...laneFigures.flatMap(([name, help, figure]) => [
      `# HELP nocodb_backup_lane_${name} ${help}`,
      `# TYPE nocodb_backup_lane_${name} gauge`,
      ...lanes.map(
        (lane) => `nocodb_backup_lane_${name}{service="${service}",lane="${lane.durable}"} ${lane[figure]}`,
      ),
    ]),
    '',
  ].join('\n');
