import type { Logger } from 'pino';
import { z } from 'zod';
import { ConfigError } from './config-error.js';
import { parseConfig } from './config.js';
import { type Environment, environment } from './environment.js';
import { HealthConfig, type HealthServer, serveHealth } from './health-server.js';
import { createLog, logLevels, NestLog } from './log.js';
import { type RunningService, startService } from './start-service.js';
import type { Service } from './service.js';
import { keepHeapSmall } from './small-heap.js';
import { onStopSignal } from './stop-signal.js';

/** Upper case is accepted, as the Python tool had it, and so is its WARNING. */
export const LogConfig = z.object({
  LOG_LEVEL: z
    .string()
    .default('info')
    .transform((level) =>
      level
        .toLowerCase()
        .replace(/^warning$/, 'warn')
        .replace(/^critical$/, 'fatal'),
    )
    .pipe(z.enum(logLevels)),
});

/** The whole life of a service's process: it starts, works until SIGTERM or SIGINT, and leaves with 0; 1 or 2 tell of trouble. */
export const main = async (service: Service): Promise<void> => {
  process.exitCode = await lifeOf(service.name, async (env, log) => {
    const config = parseConfig(HealthConfig, env);
    const running = await startService(service, { env, logger: new NestLog(log) });
    const told = await toldHealth(running, config);
    log.info('ready');
    const stop = async () => {
      await told?.close();
      await running.stop();
    };
    return { failed: running.failed, stop };
  });
};

const toldHealth = async (
  running: RunningService,
  config: HealthConfig,
): Promise<HealthServer | undefined> => {
  if (config.NOCODB_BACKUP_HEALTH_PORT === 0) return undefined;
  try {
    return await serveHealth(running, config);
  } catch (error) {
    await running.stop();
    throw error;
  }
};

type Start = (env: Environment, log: Logger) => Promise<Pick<RunningService, 'failed' | 'stop'>>;

/** Starts something, lets it run until a signal comes or it fails, stops it, and returns the exit code. */
export const lifeOf = async (name: string, start: Start): Promise<0 | 1 | 2> => {
  let log: Logger | undefined;
  keepHeapSmall();
  try {
    const env = environment();
    log = createLog(name, parseConfig(LogConfig, env).LOG_LEVEL);
    const signalled = new Promise<NodeJS.Signals>(onStopSignal);
    const running = await start(env, log);
    const end = await Promise.race([signalled, running.failed]);
    if (end instanceof Error) log.fatal({ err: end }, end.message);
    else log.info({ signal: end }, 'stopping: work that is not finished is handed back');
    await running.stop();
    return end instanceof Error ? 1 : 0;
  } catch (error) {
    if (log && !(error instanceof ConfigError)) log.fatal({ err: error }, 'cannot start');
    else process.stderr.write(`${name}: ${(error as Error).message}\n`);
    return error instanceof ConfigError ? 2 : 1;
  }
};
