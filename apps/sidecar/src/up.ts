import {
  ConfigError,
  createLog,
  type Environment,
  lifeOf,
  LogConfig,
  NatsConfig,
  NestLog,
  parseConfig,
  type RunningService,
  type Service,
  ServiceConfig,
  startService,
} from '@nocodb-backup/service';
import type { Logger } from 'pino';
import { z } from 'zod';
import { embeddedNats } from './embedded-nats.js';
import { services } from './services.js';

/** What `up` reads besides the variables of its services. */
export const UpConfig = NatsConfig.extend({ NOCODB_BACKUP_STATE_DIR: z.string().default('/state') });

/** Runs every service in this process until a signal comes; returns the exit code. */
export const up = (): Promise<0 | 1 | 2> => lifeOf('nocodb-backup', start);

/** Runs an event log without any service until a signal comes, for `import-log`; returns the exit code. */
export const upWithLogOnly = (): Promise<0 | 1 | 2> => lifeOf('nocodb-backup', startLog);

const startLog = async (env: Environment, log: Logger) => {
  const logger = new NestLog(log);
  const { NATS_URL: url, NOCODB_BACKUP_STATE_DIR: stateDir } = parseConfig(UpConfig, env);
  const nats = await embeddedNats({ url, stateDir, logger });
  if (!nats)
    throw new ConfigError([
      'NATS_URL: a nats-server answers there already, or it names another machine, so none was started. Is that server the one of `nocodb-backup up`? Stop that first. Else import-log can fill it as it is',
    ]);
  logger.log('up: the event log alone; nobody makes or restores backups until `nocodb-backup up` runs again');
  return { failed: new Promise<never>(() => undefined), stop: () => nats.stop() };
};

const start = async (env: Environment, log: Logger) => {
  const logger = new NestLog(log);
  const { NATS_URL: url, NOCODB_BACKUP_STATE_DIR: stateDir } = checkedConfig(env);
  const level = parseConfig(LogConfig, env).LOG_LEVEL;
  const nats = await embeddedNats({ url, stateDir, logger });
  const running: RunningService[] = [];
  const stop = async () => {
    await Promise.all(running.map((service) => service.stop()));
    await nats?.stop();
  };
  try {
    for (const service of services) {
      const own = new NestLog(createLog(service.name, level));
      running.push(await startService(service, { env, logger: own }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  logger.log(`up: ${running.map(({ name }) => name).join(', ')}`);
  return { failed: Promise.race(running.map(({ failed }) => failed)), stop };
};

/** Tells of every wrong variable of every service at once, before anything is started. */
const checkedConfig = (env: Environment): z.infer<typeof UpConfig> => {
  const problems = services.flatMap((service: Service) =>
    problemsOf(() => parseConfig(service.config.extend(ServiceConfig.shape), env)),
  );
  problems.push(...problemsOf(() => parseConfig(UpConfig, env)));
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return parseConfig(UpConfig, env);
};

const problemsOf = (parse: () => unknown): readonly string[] => {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};
