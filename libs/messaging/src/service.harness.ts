import { randomUUID } from 'node:crypto';
import { type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BackupRequested, DumpCompleted } from '@nocodb-backup/events';
import { connect, type Connection } from './connection.js';
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

interface Running {
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
  const log = new EventLog(connection, service);
  await provision(connection, lanesOf(service, controllers, policy));
  const fatal: Error[] = [];
  const lines: string[] = [];
  const onFatal = (error: Error) => fatal.push(error);
  const logger = loggerInto(lines);
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

const loggerInto = (lines: string[]): LoggerService => {
  const write = (message: unknown, fields: unknown) => {
    lines.push(`${String(message)} ${JSON.stringify(fields)}`);
  };
  return { log: write, warn: write, error: write, debug: write };
};

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
