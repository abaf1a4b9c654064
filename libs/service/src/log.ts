import type { LoggerService } from '@nestjs/common';
import { destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** The levels of LOG_LEVEL; the Python tool's upper-case names are accepted too. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Logs to stderr: as JSON lines, or for people when stderr is a terminal. Results of commands have stdout to themselves. */
export const createLog = (service: string, level: LogLevel): Logger => {
  const options = { level, base: { service }, redact: ['*.password', '*.token', '*.authorization'] };
  if (!process.stderr.isTTY) return pino(options, destination(2));
  return pino(
    options,
    pretty({
      destination: 2,
      messageFormat: '{service}: {msg}',
      // The subject names the type, too.
      ignore: 'pid,hostname,service,type',
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss',
      sync: true,
    }),
  );
};

type Rest = readonly unknown[];

/** Nest's own, in which it tells that it starts. */
const chatter: readonly unknown[] = ['NestFactory', 'InstanceLoader', 'NestMicroservice'];

/** Lets Nest log through pino: the last string is Nest's context, objects are fields. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: Rest): void {
    this.write(chatter.includes(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: Rest): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: Rest): void {
    this.write('error', message, rest);
  }

  debug(message: unknown, ...rest: Rest): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: Rest): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: Rest): void {
    this.write('fatal', message, rest);
  }

  private write(level: LogLevel, message: unknown, rest: Rest): void {
    const fields = Object.assign({}, ...rest.filter((value) => typeof value === 'object')) as object;
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else this.logger[level](fields, String(message));
  }
}
