import { randomUUID } from 'node:crypto';
import { type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BackupRequested, DumpCompleted } from '@nocodb-backup/events';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { EventLog } from './event-log.js';
import { lanesOf } from './lane.js';
import { MessagingModule } from './messaging.module.js';
import type { Policy } from './policy.js';
import { provision } from './provision.js';
import { JetStreamStrategy } from './strategy.js';

/** Short times, so that a spec sees in seconds what takes minutes in earnest. */
export const quick: Partial<Policy> = {
  ackWaitMs: 1500,
  attempts: 3,
  backoffMs: [50],
  graceMs: 300,
  pullMs: 1000,
};

type ControllerClass = abstract new (...args: never[]) => object;

export interface Running {
  readonly connection: Connection;
  readonly log: EventLog;
  readonly strategy: JetStreamStrategy;
  readonly fatal: Error[];
  readonly lines: string[];
  close(): Promise<void>;
}

/** Starts a service as its `main.ts` would. */
export const startService = async (
  url: string,
  service: string,
  controllers: ControllerClass[],
  policy: Partial<Policy> = quick,
): Promise<Running> => {
  const connection = await connect({ servers: url, name: service });
  try {
    return await startOn(connection, service, controllers, policy);
  } catch (error) {
    await connection.close();
    throw error;
  }
};

const startOn = async (
  connection: Connection,
  service: string,
  controllers: ControllerClass[],
  policy: Partial<Policy>,
): Promise<Running> => {
  const log = new EventLog(connection, service);
  const fatal: Error[] = [];
  const lines: string[] = [];
  const onFatal = (error: Error) => fatal.push(error);
  const logger = loggerInto(lines);
  await provision(connection, lanesOf(service, controllers, policy), { logger });
  const strategy = new JetStreamStrategy({ connection, log, service, logger, policy, onFatal });
  @Module({ imports: [MessagingModule.with(log)], controllers: controllers as never[] })
  class App {}
  const app = await NestFactory.createMicroservice(App, { strategy, logger: false, abortOnError: false });
  await app.listen();
  const close = async () => {
    await app.close();
    await connection.close();
  };
  return { connection, log, strategy, fatal, lines, close };
};

/** Each line is `<level> <message> <fields>`. */
export const loggerInto = (lines: string[]): LoggerService => {
  const at = (level: string) => (message: unknown, fields?: unknown) => {
    lines.push(`${level} ${String(message)} ${fields === undefined ? '' : JSON.stringify(fields)}`);
  };
  return { log: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
};

/** Polls until the check holds; throws after 15 s. */
export const until = async (check: () => Promise<boolean> | boolean): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

/** The types of the facts recorded for a backup, in order. */
export const typesOf = async (log: EventLog, { data }: BackupRequested): Promise<string[]> =>
  (await Array.fromAsync(log.read(`evt.backup.${data.backupId}.>`))).map(({ type }) => type);

/** Waits until the service has nothing left to do. */
export const settled = ({ strategy }: Pick<Running, 'strategy'>): Promise<void> =>
  until(async () => {
    const { lanes } = await strategy.health();
    return lanes.every(({ pending, ackPending, running }) => pending + ackPending + running === 0);
  });

/** A request for a backup that no other test knows of. */
export const aRequest = () =>
  BackupRequested({
    backupId: randomUUID(),
    source: 'main',
    parts: ['dump'],
    records: true,
    attachments: true,
    trigger: 'manual',
    requestedBy: 'test',
    deadline: new Date(Date.now() + 3600_000).toISOString(),
  });

export const aDump = (backupId: string, attempt = 'a') =>
  DumpCompleted({
    backupId,
    attempt,
    artifacts: [],
    serverVersion: '15',
    clientVersion: '15',
    sqlBytes: 1,
    tables: 1,
    rows: 1,
    collation: { provider: 'c', collate: 'C', ctype: 'C', version: null },
    seconds: 1,
    warnings: [],
  });
