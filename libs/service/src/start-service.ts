import 'reflect-metadata';
import { hostname } from 'node:os';
import { type LoggerService, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions } from '@nestjs/microservices';
import {
  connect,
  type Connection,
  EventLog,
  type Health,
  JetStreamStrategy,
  lanesOf,
  MessagingModule,
  type Policy,
  provision,
} from '@nocodb-backup/messaging';
import { integer, parseConfig } from './config.js';
import type { Environment } from './environment.js';
import { connectOptions, NatsConfig } from './nats-config.js';
import type { Service } from './service.js';

/** A service that works. */
export interface RunningService {
  readonly name: string;
  /** Resolves with the reason when the service cannot go on by itself; never, if it can. */
  readonly failed: Promise<Error>;
  health(): Promise<Health>;
  /** Takes no more work, finishes or hands back what it has, and leaves. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly env: Environment;
  readonly logger: LoggerService;
}

/** What every service reads besides its own variables. */
export const ServiceConfig = NatsConfig.extend({
  NOCODB_BACKUP_ACK_WAIT_SECONDS: integer(1, 3600, 60),
  /** How often work is tried before its failure is recorded. */
  NOCODB_BACKUP_ATTEMPTS: integer(1, 19, 5),
});

/** What runs longer is handed back: `docker stop` kills after ten seconds. */
const graceMs = 3000;

@Module({})
class ServiceModule {}

/**
 * Reads the configuration, connects to the event log, makes the durable consumers (or changes
 * them to what this version asks for), and goes to work.
 * Throws a ConfigError, or with the address when NATS cannot be reached.
 */
export const startService = async (
  service: Service,
  { env, logger }: StartOptions,
): Promise<RunningService> => {
  const config = parseConfig(service.config.extend(ServiceConfig.shape), env);
  const common = parseConfig(ServiceConfig, env);
  const policy = {
    ackWaitMs: common.NOCODB_BACKUP_ACK_WAIT_SECONDS * 1000,
    attempts: common.NOCODB_BACKUP_ATTEMPTS,
    graceMs,
    ...service.policy,
  };
  const controllers = [...service.controllers, ...(service.moreControllers?.(config) ?? [])];
  const connection = await connect(connectOptions(common, service.name));
  try {
    await provision(connection, lanesOf(service.name, controllers, policy), { logger });
    return await listen(service, { config, controllers, connection, logger, policy });
  } catch (error) {
    await connection.close();
    throw error;
  }
};

interface Setting {
  readonly config: Record<string, unknown>;
  readonly controllers: readonly Type<object>[];
  readonly connection: Connection;
  readonly logger: LoggerService;
  readonly policy: Partial<Policy>;
}

const listen = async (service: Service, setting: Setting): Promise<RunningService> => {
  const { config, controllers, connection, logger, policy } = setting;
  const log = new EventLog(connection, instanceOf(service));
  const failed = Promise.withResolvers<Error>();
  const strategy = new JetStreamStrategy({
    connection,
    log,
    service: service.name,
    logger,
    policy,
    slots: service.slots?.(config) ?? {},
    onFatal: failed.resolve,
  });
  const root = {
    module: ServiceModule,
    imports: [MessagingModule.with(log)],
    controllers: [...controllers],
    providers: service.providers(config),
  };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(root, { strategy, logger });
  await app.listen();
  return {
    name: service.name,
    failed: failed.promise,
    health: () => strategy.health(),
    stop: async () => {
      await app.close();
      await connection.close();
    },
  };
};

/** Tells replicas apart in the log; in a container the host name is the container's id. */
const instanceOf = ({ name }: Service): string => `${name}/${hostname()}-${process.pid}`;
